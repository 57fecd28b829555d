// What is told to screen readers as it happens, in a place that is empty until then: the page shows
// the same.

/** Say this, in place of what was said before. */
export function say(text) {
  const place = document.querySelector("[data-says]");
  if (place) place.textContent = text;
}
