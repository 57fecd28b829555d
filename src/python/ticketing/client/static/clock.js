// The server's clock, told by each answer of it: the visitor's own may be wrong by minutes.

let ahead = 0; // ms, of the visitor's

/** Set it to the `now` of an answer that began at `began` (by performance.now). */
export function setClock(now, began) {
  const sent = Date.parse(now);
  if (!Number.isNaN(sent)) ahead = sent + (performance.now() - began) - Date.now();
}

/** The time in ms since 1970. */
export function serverNow() {
  return Date.now() + ahead;
}
