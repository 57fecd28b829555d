// The entry: what scripts add to pages that work without them (all but the entering of a card).
import { setClock } from "./clock.js";
import { startCountdowns } from "./countdown.js";
import { guardForms } from "./forms.js";
import { LivePage } from "./live.js";
import { takeCards } from "./pay.js";
import { showLocalTimes } from "./times.js";

function enhance(root) {
  showLocalTimes(root);
  startCountdowns(root);
  takeCards(root);
}

const main = document.querySelector("main");
const isLive = main?.matches("[data-live-url]");
const [navigation] = performance.getEntriesByType("navigation");
setClock(main?.dataset.now, navigation?.responseStart ?? performance.now());

const page = isLive ? new LivePage(main, enhance) : null; // sees what the server sent as it came
enhance(document);
guardForms();
page?.follow();
if (navigation?.type === "back_forward") page?.refresh(); // it may be shown as it was long ago
