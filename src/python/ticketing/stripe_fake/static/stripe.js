// Stripe.js as far as the marketplace uses it: the same calls, the same results.
//
// The page that loads this never holds a card number: what is typed, and all talk with the API,
// stays in frames of the stand-in's own origin. A frame says hello by postMessage, which is
// checked here for its origin and its window; all else goes through a private channel.
(() => {
  "use strict";

  const SCRIPT = document.currentScript.src;
  const ORIGIN = new URL(SCRIPT).origin;
  const PATIENCE = 10_000; // milliseconds for a frame to say hello
  const HEIGHTS = { narrow: 346, wide: 302 }; // pixels of the card frame, until it tells its own

  class IntegrationError extends Error {
    name = "IntegrationError";
  }

  function demand(condition, message) {
    if (!condition) throw new IntegrationError(message);
  }

  class Frame {
    #port = null;
    #waiting = new Map();
    #asked = 0;
    #hear = (event) => this.#meet(event);

    constructor({ page, title, theme, key, onEvent }) {
      this.node = document.createElement("iframe");
      this.node.src = `${new URL(`../frames/${page}`, SCRIPT)}#${theme}`;
      this.node.title = title;
      Object.assign(this.node.style, { border: "0", display: "block", width: "100%" });
      this.dress(theme);
      this.key = key;
      this.onEvent = onEvent;
    }

    /** A frame is see-through only where its colour scheme is that of its document. */
    dress(theme) {
      this.node.style.colorScheme = theme === "night" ? "dark" : "light";
      this.#port?.postMessage({ action: "dress", data: theme });
    }

    open(place) {
      addEventListener("message", this.#hear);
      this.connected = new Promise((resolve, reject) => {
        this.meet = resolve;
        setTimeout(() => reject(new Error("No answer")), PATIENCE);
      });
      this.connected.catch(() => {});
      place.replaceChildren(this.node);
    }

    #meet(event) {
      if (event.origin !== ORIGIN || event.source !== this.node.contentWindow) return;
      if (event.data?.type !== "stripe-stand-in:hello") return;
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }) => this.#receive(data);
      this.#port = port1;
      const begin = { type: "stripe-stand-in:begin", key: this.key };
      this.node.contentWindow.postMessage(begin, ORIGIN, [port2]);
      this.meet();
    }

    #receive({ id, result, event, value }) {
      if (event) return this.onEvent(event, value);
      this.#waiting.get(id)?.(result);
      this.#waiting.delete(id);
    }

    async ask(action, data) {
      try {
        await this.connected;
      } catch {
        return { error: noAnswer() };
      }
      if (!this.#port) return { error: noAnswer() };
      return new Promise((resolve) => {
        this.#waiting.set(++this.#asked, resolve);
        this.#port.postMessage({ id: this.#asked, action, data });
      });
    }

    close() {
      removeEventListener("message", this.#hear);
      this.#port?.close();
      this.#port = null;
      this.node.remove();
      for (const resolve of this.#waiting.values()) resolve({ error: noAnswer() });
      this.#waiting.clear();
    }
  }

  function noAnswer() {
    return { type: "api_connection_error", message: "The Stripe stand-in gives no answer." };
  }

  class PaymentElement {
    #frame = null;
    #listeners = new EventTarget();
    #wrapped = new Map();

    constructor(key, theme) {
      this.key = key;
      this.theme = theme;
    }

    mount(target) {
      const place = typeof target === "string" ? document.querySelector(target) : target;
      demand(place instanceof Element, `mount(): no such element in the page: ${target}`);
      this.unmount();
      const onEvent = (event, value) => this.#happen(event, value);
      const title = "Secure card payment (Stripe stand-in)";
      const about = { page: "card", title, theme: this.theme, key: this.key, onEvent };
      const frame = new Frame(about);
      const height = place.clientWidth < 390 ? HEIGHTS.narrow : HEIGHTS.wide;
      frame.node.style.height = `${height}px`;
      frame.open(place);
      frame.connected.catch(() => {
        if (frame === this.#frame) this.#emit("loaderror", { error: noAnswer() });
      });
      this.#frame = frame;
    }

    unmount() {
      this.#frame?.close();
      this.#frame = null;
    }

    destroy() {
      this.unmount();
      this.onDestroy?.();
    }

    on(event, handler) {
      const wrapped = this.#wrapped.get(handler) ?? (({ detail }) => handler(detail));
      this.#wrapped.set(handler, wrapped);
      this.#listeners.addEventListener(event, wrapped);
      return this;
    }

    off(event, handler) {
      this.#listeners.removeEventListener(event, this.#wrapped.get(handler) ?? null);
      return this;
    }

    focus() {
      this.#frame?.node.focus();
      this.#frame?.ask("focus");
    }

    clear() {
      this.#frame?.ask("clear");
    }

    dress(theme) {
      this.theme = theme;
      this.#frame?.dress(theme);
    }

    ask(action) {
      demand(this.#frame, "The Payment Element must be mounted, and stay so, to read it.");
      return this.#frame.ask(action);
    }

    #happen(event, value) {
      if (event === "height") this.#frame.node.style.height = `${value}px`;
      else if (event === "submit") this.#frame.node.closest("form")?.requestSubmit();
      else this.#emit(event, value);
    }

    #emit(event, value) {
      const detail = { elementType: "payment", ...value };
      this.#listeners.dispatchEvent(new CustomEvent(event, { detail }));
    }
  }

  class Elements {
    #key;
    #options;
    #element = null;
    #submitted = false;

    constructor(key, options) {
      this.#key = key;
      this.#options = checked(options);
    }

    create(type) {
      demand(type === "payment", `create(): the stand-in has no element of type ${type}.`);
      demand(!this.#element, "create(): there can be one Payment Element only.");
      this.#element = new PaymentElement(this.#key, themeOf(this.#options));
      this.#element.on("change", () => (this.#submitted = false));
      this.#element.onDestroy = () => (this.#element = null);
      return this.#element;
    }

    getElement(type) {
      return type === "payment" ? this.#element : null;
    }

    update(options) {
      this.#options = checked({ ...this.#options, ...options });
      this.#element?.dress(themeOf(this.#options));
    }

    async submit() {
      demand(this.#element, "elements.submit(): create and mount the Payment Element first.");
      const result = await this.#element.ask("submit");
      this.#submitted = !result.error;
      if (result.error) this.#element.focus();
      return result;
    }

    createPaymentMethod() {
      const manual = this.#options.paymentMethodCreation === "manual";
      demand(manual, "createPaymentMethod(): set paymentMethodCreation to 'manual' in elements().");
      demand(this.#submitted, "createPaymentMethod(): await elements.submit() first.");
      return this.#element.ask("create");
    }
  }

  function themeOf({ appearance }) {
    return appearance?.theme === "night" ? "night" : "stripe";
  }

  function checked(options = {}) {
    const { mode, amount, currency, paymentMethodTypes = ["card"] } = options;
    demand(mode === "payment", "elements(): the stand-in knows mode 'payment' only.");
    demand(Number.isInteger(amount) && amount > 0, "elements(): amount must be a positive integer.");
    demand(currency === "usd", "elements(): currency must be 'usd', in small letters.");
    demand(paymentMethodTypes.includes?.("card"), "elements(): paymentMethodTypes lacks 'card'.");
    return options;
  }

  async function handleNextAction(key, clientSecret) {
    const good = /^pi_\w+_secret_\w+$/.test(clientSecret ?? "");
    demand(good, "handleNextAction(): clientSecret must be that of a PaymentIntent.");
    const theme = matchMedia("(prefers-color-scheme: dark)").matches ? "night" : "stripe";
    const onEvent = (_, height) => (frame.node.style.height = `${height}px`);
    const frame = new Frame({ page: "authentication", title: "3-D Secure", theme, key, onEvent });
    const dialog = modal(frame);
    const answer = frame.ask("authenticate", clientSecret);
    const cancel = (event) => {
      event.preventDefault();
      frame.ask("cancel");
    };
    dialog.addEventListener("cancel", cancel);
    dialog.addEventListener("close", cancel); // browsers close at the second Escape, come what may
    const result = await answer;
    dialog.removeEventListener("close", cancel);
    dialog.close(); // gives the focus back
    frame.close();
    dialog.remove();
    return result;
  }

  function modal(frame) {
    const dialog = document.createElement("dialog");
    dialog.setAttribute("aria-label", "Card authentication");
    Object.assign(dialog.style, {
      border: "0",
      borderRadius: "12px",
      boxShadow: "0 0 0 200vmax rgb(0 0 0 / 55%)", // ::backdrop would need a style sheet
      margin: "auto",
      maxWidth: "26rem",
      overflow: "hidden",
      padding: "0",
      width: "calc(100% - 2rem)",
    });
    frame.node.style.height = "260px";
    document.body.append(dialog);
    frame.open(dialog);
    dialog.showModal();
    frame.node.focus();
    return dialog;
  }

  window.Stripe = function Stripe(key) {
    demand(typeof key === "string" && key, "Stripe(): the publishable key is missing.");
    demand(!key.startsWith("sk_"), "Stripe(): this is a secret key; no browser may see it.");
    demand(key.startsWith("pk_"), "Stripe(): a publishable key begins with pk_.");
    return {
      elements: (options) => new Elements(key, options),
      createPaymentMethod: async ({ elements } = {}) => {
        demand(elements instanceof Elements, "createPaymentMethod(): give it {elements}.");
        return elements.createPaymentMethod();
      },
      handleNextAction: async ({ clientSecret } = {}) => handleNextAction(key, clientSecret),
    };
  };
})();
