// Keeps a page as the server would render it now, without losing what the visitor is doing on it.
import { Changes } from "./changes.js";
import { setClock } from "./clock.js";
import { say } from "./say.js";
import { whenStale } from "./stale.js";

const TRY_AGAIN = 1000; // ms
const READABLE = 5000; // ms, for which a notice stays at least

/** The page of `main[data-live-url]`; `enhance` is called with each region that is swapped. */
export class LivePage {
  #main;
  #enhance;
  #changes;
  #sent = new Map(); // the server's HTML of each region that is shown; scripts change the DOM
  #question = null; // the newest one for the page; an older one no longer counts
  #retry = 0;
  #shownAt = performance.now();

  /** Before anything is enhanced: it remembers what the server sent. */
  constructor(main, enhance) {
    this.#main = main;
    this.#enhance = enhance;
    this.#changes = new Changes(main.dataset.liveUrl, main.dataset.stateUrl, (version) => {
      // No version: it is gone. The page says so, or where to sign in.
      if (String(version) !== main.dataset.version) this.refresh(version);
    });
    for (const [name, region] of regions(document)) this.#sent.set(name, comparable(region));
  }

  follow() {
    whenStale(() => this.refresh());
    // Back may show a page of long ago.
    window.addEventListener("pageshow", (event) => event.persisted && this.refresh());
    this.#changes.follow();
  }

  /** Show the page as it is now; until it is at least at version `wanted`. */
  async refresh(wanted = 0) {
    this.#question?.abort();
    clearTimeout(this.#retry);
    const question = (this.#question = new AbortController());
    try {
      const answer = await fetch(location.href, { cache: "no-store", signal: question.signal });
      const began = performance.now();
      const text = await answer.text();
      if (question !== this.#question) return;
      if (answer.status >= 500) return this.#refreshSoon(wanted);
      if (!answer.ok || answer.redirected) return location.reload();
      this.#show(new DOMParser().parseFromString(text, "text/html"), began);
    } catch (error) {
      if (question !== this.#question) return;
      const isNetwork = error instanceof TypeError || error.name === "AbortError";
      if (isNetwork) return this.#refreshSoon(wanted);
      throw error;
    }
    if (!("liveUrl" in this.#main.dataset)) this.#changes.leave();
    else if (Number(this.#main.dataset.version) < wanted) this.#refreshSoon(wanted);
  }

  #refreshSoon(wanted) {
    this.#retry = setTimeout(() => this.refresh(wanted), TRY_AGAIN);
  }

  #show(fresh, began) {
    const main = fresh.querySelector("main");
    if (!main) return location.reload();
    setClock(main.dataset.now, began);
    if (main.dataset.version !== this.#main.dataset.version) dropNotice(this.#shownAt);
    for (const name of ["liveUrl", "stateUrl", "version"]) {
      if (name in main.dataset) this.#main.dataset[name] = main.dataset[name];
      else delete this.#main.dataset[name];
    }
    document.title = fresh.title;
    const hadFocus = this.#swap(regions(fresh));
    if (hadFocus) focusHeading();
    tell(fresh, hadFocus);
  }

  /** Regions that the server sends as before are not touched: a card may be being entered there.
   *  Returns whether the focus was in one that has been swapped. */
  #swap(fresh) {
    let hadFocus = false;
    for (const [name, region] of regions(document)) {
      const source = fresh.get(name);
      if (!source || this.#sent.get(name) === comparable(source)) continue;
      this.#sent.set(name, comparable(source));
      hadFocus ||= region.contains(document.activeElement);
      region.innerHTML = source.innerHTML;
      this.#enhance(region);
    }
    return hadFocus;
  }
}

/** What a form left to be said was about the version that has been shown. */
function dropNotice(shownAt) {
  const notice = document.querySelector("[data-notice]");
  setTimeout(() => notice?.remove(), READABLE - (performance.now() - shownAt));
}

/** Say how things stand where that has changed; who is taken to the heading, which that describes,
 *  hears it there. */
function tell(fresh, hadFocus) {
  const [shown, news] = [document, fresh].map((page) => page.querySelector("[data-says]"));
  if (!shown || !news || shown.dataset.says === news.dataset.says) return;
  shown.dataset.says = news.dataset.says;
  say(hadFocus ? "" : news.dataset.says);
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

/** The HTML without what says nothing of a change: what moves by itself, and `noscript`, which a
 *  parser reads differently where scripts run. */
function comparable(region) {
  const copy = region.cloneNode(true);
  for (const element of copy.querySelectorAll("noscript, [data-moves]")) element.remove();
  return copy.innerHTML;
}
