// The time that is left, by the server's clock.
import { serverNow } from "./clock.js";
import { say } from "./say.js";
import { pageIsStale } from "./stale.js";

const SPOKEN = [
  [0, "Time is over"],
  [10, "10 seconds left"],
  [30, "30 seconds left"],
];
const ASK_AGAIN = 1000; // ms, after the end, until the server has seen to it

/** Start every `[data-countdown]` below `root`. */
export function startCountdowns(root) {
  for (const element of root.querySelectorAll("[data-countdown]")) start(element);
}

function start(element) {
  const ends = Date.parse(element.dataset.ends);
  if (Number.isNaN(ends)) return;
  const secondsLeft = () => Math.max(0, (ends - serverNow()) / 1000);
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let before = secondsLeft();

  function tick() {
    if (!element.isConnected) return;
    const left = secondsLeft();
    show(element, left);
    speak(before, left);
    if (before === 0 && left === 0) pageIsStale();
    before = left;
    if (left === 0) setTimeout(tick, ASK_AGAIN);
    else setTimeout(tick, calm.matches ? 1000 : 250);
  }

  tick();
}

function show(element, left) {
  const whole = Math.ceil(left);
  const text = `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  const [bar, label] = [element.querySelector("progress"), element.querySelector("[data-left]")];
  if (bar) bar.value = left;
  if (label && label.textContent !== text) label.textContent = text;
}

/** Only a few moments are told; none twice. */
function speak(before, left) {
  const passed = SPOKEN.find(([seconds]) => before > seconds && left <= seconds);
  if (passed) say(passed[1]);
}
