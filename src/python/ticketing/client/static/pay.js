// Paying an order by card: each attempt is safe to repeat, as an order is charged once at most.
import { renewSession } from "./session.js";
import { pageIsStale } from "./stale.js";
import { mountCard } from "./stripe.js";

const PATIENCE = 60_000; // ms
const WORDS = { paying: "Paying…", paid: "Paid" }; // on the button; in other states its own
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
  #state = "idle";
  #mounted = null; // Stripe's frame
  #token = null; // the payment method of an attempt of which the end is not known

  constructor(form) {
    this.#form = form;
    this.#button = form.querySelector("button:not([type=button])");
    this.#label = this.#button.textContent;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#state === "idle") this.#next();
    });
    this.#next();
  }

  #next() {
    if (this.#mounted) this.#run("paying", () => this.#pay());
    else this.#run("loading", () => this.#mount());
  }

  /** Be in `state` until the step has said which state it leads to. */
  async #run(state, step) {
    this.#enter(state);
    this.#tell("");
    try {
      this.#enter(await step());
    } catch (error) {
      this.#tell(error instanceof Problem ? error.message : NO_ANSWER);
      this.#enter("idle");
    }
  }

  async #mount() {
    try {
      this.#mounted = await mountCard(this.#form);
    } catch {
      throw new Problem(NO_FORM);
    }
    this.#mounted.card.on("change", () => {
      if (this.#state === "idle") this.#token = null; // another card
    });
    return "idle";
  }

  async #pay() {
    this.#token ??= await this.#newToken();
    let answer = await this.#post();
    if (answer.status === 202) {
      await this.#confirm((await answer.json()).clientSecret);
      answer = await this.#post();
    }
    if (answer.status === 201) {
      pageIsStale();
      return "paid";
    }
    if (answer.status === 401) {
      location.reload(); // it leads to where to sign in
      return "paying";
    }
    if (answer.status === 202) throw new Problem(NOT_CONFIRMED);
    if (answer.status === 429) throw new Problem((await answer.json()).errors[0].message);
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

  /** Once more where the page has been open for longer than a token is good. */
  async #post() {
    const answer = await this.#postOnce();
    return answer.status === 401 && (await renewSession()) ? this.#postOnce() : answer;
  }

  #postOnce() {
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

  #enter(state) {
    this.#state = state;
    this.#button.textContent = WORDS[state] ?? this.#label;
    this.#button.toggleAttribute("data-busy", state === "loading" || state === "paying");
    // Not "disabled": the focus would be lost.
    if (state === "idle") this.#button.removeAttribute("aria-disabled");
    else this.#button.setAttribute("aria-disabled", "true");
  }

  #tell(problem) {
    const place = this.#form.querySelector("[data-pay-error]");
    place.textContent = problem;
    place.hidden = problem === "";
  }
}

function cookie(name) {
  const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}
