// The entry: what scripts add to pages that work without them (all but the entering of a card).
import { startCountdowns } from "./countdown.js";
import { guardForms } from "./forms.js";
import { keepLive, remember } from "./live.js";
import { takeCards } from "./pay.js";
import { showLocalTimes } from "./times.js";

document.documentElement.classList.add("js");

/** Enhance what is below `root`, of an answer that began at `began` (by performance.now). */
function enhance(root, began) {
  showLocalTimes(root);
  startCountdowns(root, began);
  takeCards(root);
}

remember();
const [navigation] = performance.getEntriesByType("navigation");
enhance(document, navigation?.responseStart ?? performance.now());
guardForms();
keepLive(enhance, navigation?.type === "back_forward");
