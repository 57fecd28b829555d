// The time that is left, by the server's clock: the visitor's may be wrong by minutes.
import { pageIsStale } from "./stale.js";

const SPOKEN = [
  [0, "Time is over"],
  [10, "10 seconds left"],
  [30, "30 seconds left"],
];
const ASK_AGAIN = 1000; // ms, after the end, until the server has seen to it

/** Start every `[data-countdown]` below `root`, of an answer that began at `began`. */
export function startCountdowns(root, began) {
  for (const element of root.querySelectorAll("[data-countdown]")) start(element, began);
}

function start(element, began) {
  const serverNow = Date.parse(element.dataset.now) + performance.now() - began;
  const ends = Date.parse(element.dataset.ends) - serverNow + Date.now(); // by the visitor's clock
  if (Number.isNaN(ends)) return;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let before = secondsUntil(ends);

  function tick() {
    if (!element.isConnected) return;
    const left = secondsUntil(ends);
    show(element, left);
    speak(element, before, left);
    before = left;
    if (left > 0) setTimeout(tick, calm.matches ? 1000 : 250);
    else setTimeout(end, ASK_AGAIN);
  }

  function end() {
    if (!element.isConnected) return;
    pageIsStale();
    setTimeout(end, ASK_AGAIN);
  }

  tick();
}

function secondsUntil(moment) {
  return Math.max(0, (moment - Date.now()) / 1000);
}

function show(element, left) {
  const whole = Math.ceil(left);
  const text = `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  const [bar, label] = [element.querySelector("progress"), element.querySelector("[data-left]")];
  if (bar) bar.value = left;
  if (label && label.textContent !== text) label.textContent = text;
}

/** Only a few moments are told to screen readers; none twice. */
function speak(element, before, left) {
  const passed = SPOKEN.find(([seconds]) => before > seconds && left <= seconds);
  const label = element.querySelector("[data-spoken]");
  if (passed && label) label.textContent = passed[1];
}
