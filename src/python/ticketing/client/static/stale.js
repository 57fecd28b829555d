// How one script tells another that the page shows what is no longer so.

const pages = new EventTarget();

/** Tell that the server has news for this page. */
export function pageIsStale() {
  pages.dispatchEvent(new Event("stale"));
}

/** Call `react` each time that the page is known to be stale. */
export function whenStale(react) {
  pages.addEventListener("stale", react);
}
