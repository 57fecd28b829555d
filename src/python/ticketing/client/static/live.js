// Keeps a page as the server would render it now, without losing what the visitor is doing on it.
import { Changes } from "./changes.js";
import { whenStale } from "./stale.js";

const TRY_AGAIN = 1000; // ms

const sent = new Map(); // the server's HTML of each region that is shown; scripts change the DOM
let asking = null; // the newest question for the page; an older one no longer counts
let retry = 0;

/** Remember what the server sent; call it before anything is enhanced. */
export function remember() {
  for (const [name, region] of regions(document)) sent.set(name, html(region));
}

/** Follow the changes of `main[data-live-url]`, if there is one; swapped regions are enhanced. */
export function keepLive(enhance, isFromHistory) {
  const main = document.querySelector("main[data-live-url]");
  if (!main) return;
  const refresh = (wanted = 0) => resync(main, enhance, changes, wanted);
  const changes = new Changes(main.dataset.liveUrl, main.dataset.stateUrl, (version) => {
    // No version: it is gone. The page says so, or where to sign in.
    if (String(version) !== main.dataset.version) refresh(version);
  });
  whenStale(() => refresh());
  changes.follow();
  // Back may show a page of long ago, whose clock stands.
  window.addEventListener("pageshow", (event) => event.persisted && refresh());
  if (isFromHistory) refresh();
}

/** Show the page as it is now; until it is at least at version `wanted`. */
async function resync(main, enhance, changes, wanted) {
  asking?.abort();
  clearTimeout(retry);
  const question = (asking = new AbortController());
  const again = () => {
    retry = setTimeout(resync, TRY_AGAIN, main, enhance, changes, wanted);
  };
  const began = performance.now();
  try {
    const answer = await fetch(location.href, { cache: "no-store", signal: question.signal });
    const text = await answer.text();
    if (question !== asking) return;
    if (answer.status >= 500) return again();
    if (!answer.ok || answer.redirected) return location.reload();
    show(new DOMParser().parseFromString(text, "text/html"), main, enhance, began);
  } catch (error) {
    if (question !== asking) return;
    if (error instanceof TypeError || error.name === "AbortError") return again(); // the network
    throw error;
  }
  if (!("liveUrl" in main.dataset)) changes.leave();
  else if (Number(main.dataset.version) < wanted) again();
}

function show(fresh, main, enhance, began) {
  const freshMain = fresh.querySelector("main");
  if (!freshMain) return location.reload();
  for (const name of ["liveUrl", "stateUrl", "version"]) {
    if (name in freshMain.dataset) main.dataset[name] = freshMain.dataset[name];
    else delete main.dataset[name];
  }
  document.title = fresh.title;
  const freshRegions = regions(fresh);
  for (const [name, region] of regions(document)) {
    if (freshRegions.has(name)) swap(name, region, html(freshRegions.get(name)), enhance, began);
  }
}

/** Regions that the server sends as before are not touched: a card may be being entered there. */
function swap(name, region, content, enhance, began) {
  if (sent.get(name) === content) return;
  sent.set(name, content);
  const hadFocus = region.contains(document.activeElement);
  region.innerHTML = content;
  enhance(region, began);
  if (hadFocus) focusHeading();
}

function focusHeading() {
  const heading = document.querySelector("h1");
  heading?.setAttribute("tabindex", "-1");
  heading?.focus({ preventScroll: true });
}

function regions(root) {
  const found = root.querySelectorAll("[data-live]");
  return new Map([...found].map((element) => [element.dataset.live, element]));
}

/** The HTML without `noscript`, which a parser reads differently where scripts run. */
function html(region) {
  const copy = region.cloneNode(true);
  for (const element of copy.querySelectorAll("noscript")) element.remove();
  return copy.innerHTML;
}
