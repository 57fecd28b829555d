// Paying an order by card: each attempt is safe to repeat, as an order is charged once at most.
import { pageIsStale } from "./stale.js";
import { mountCard } from "./stripe.js";

const PATIENCE = 60_000; // ms
const NO_FORM =
  "The card form could not be loaded. Check your connection, then press the button again.";
const NO_ANSWER =
  "We could not find out whether this went through. Try again: nothing is charged twice.";
const NOT_CONFIRMED =
  "Your bank has not confirmed this payment yet. Try again: nothing is charged twice.";

/** What the visitor is told of an attempt that failed. */
class Problem extends Error {}

/** Let every `form[data-pay]` below `root` take a card. */
export function takeCards(root) {
  for (const form of root.querySelectorAll("form[data-pay]")) new Till(form);
}

class Till {
  #form;
  #button;
  #label;
  #busy = false;
  #mounted = null; // Stripe's frame
  #token = null; // the payment method of an attempt of which the end is not known

  constructor(form) {
    this.#form = form;
    this.#button = form.querySelector("button:not([type=button])");
    this.#label = this.#button?.textContent;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#run(this.#mounted ? "Paying…" : this.#label, () => this.#next());
    });
    this.#run(this.#label, () => this.#mount());
  }

  #next() {
    return this.#mounted ? this.#pay() : this.#mount();
  }

  /** One step at a time, however often the button or Enter is pressed. */
  async #run(label, step) {
    if (this.#busy) return;
    this.#setBusy(label);
    this.#tell("");
    let done = false;
    try {
      done = await step();
    } catch (error) {
      this.#tell(error instanceof Problem ? error.message : NO_ANSWER);
    }
    if (!done) this.#setBusy(null);
  }

  async #mount() {
    try {
      this.#mounted = await mountCard(this.#form);
    } catch {
      throw new Problem(NO_FORM);
    }
    this.#mounted.card.on("change", () => {
      if (!this.#busy) this.#token = null; // another card
    });
  }

  /** True once it is paid. */
  async #pay() {
    this.#token ??= await this.#newToken();
    let answer = await this.#post();
    if (answer.status === 202) {
      await this.#confirm((await answer.json()).clientSecret);
      answer = await this.#post();
    }
    if (answer.status === 201) return this.#paid();
    if (answer.status === 401) return location.reload() ?? true;
    if (answer.status === 202) throw new Problem(NOT_CONFIRMED);
    if (answer.status !== 400) throw new Problem(NO_ANSWER);
    this.#token = null; // declined: the next attempt takes the card anew
    throw new Problem((await answer.json()).errors[0].message);
  }

  async #newToken() {
    const { stripe, elements } = this.#mounted;
    const { error: incomplete } = await elements.submit();
    if (incomplete) throw new Problem(incomplete.message);
    const { error, paymentMethod } = await stripe.createPaymentMethod({ elements });
    if (error) throw new Problem(error.message);
    return paymentMethod.id;
  }

  #post() {
    return fetch("/api/payments", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-XSRF-TOKEN": cookie("XSRF-TOKEN") },
      body: JSON.stringify({ orderId: this.#form.dataset.order, token: this.#token }),
      signal: AbortSignal.timeout(PATIENCE),
    });
  }

  /** The buyer's bank asks (3-D Secure); who refuses or fails takes a card anew. */
  async #confirm(clientSecret) {
    const { error } = await this.#mounted.stripe.handleNextAction({ clientSecret });
    if (!error) return;
    this.#token = null;
    throw new Problem(error.message);
  }

  #paid() {
    this.#setBusy("Paid");
    pageIsStale();
    return true;
  }

  #setBusy(label) {
    this.#busy = label !== null;
    if (!this.#button) return;
    this.#button.textContent = label ?? this.#label;
    // Not "disabled": the focus would be lost.
    this.#button.toggleAttribute("data-busy", this.#busy && label !== "Paid");
    if (this.#busy) this.#button.setAttribute("aria-disabled", "true");
    else this.#button.removeAttribute("aria-disabled");
  }

  #tell(problem) {
    const place = this.#form.querySelector("[data-pay-error]");
    if (!place) return;
    place.textContent = problem;
    place.hidden = problem === "";
  }
}

function cookie(name) {
  const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}
