// Stripe's own script: cards are entered into its frames, and never pass through this site.

let loading = null;

/** `window.Stripe`, loaded once from `source`; rejects if it cannot be had: then try again. */
export function loadStripe(source) {
  loading ??= load(source).catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

function load(source) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    const fail = () => {
      script.remove();
      reject(new Error(`no Stripe from ${source}`));
    };
    script.src = source;
    script.onload = () => (window.Stripe ? resolve(window.Stripe) : fail());
    script.onerror = fail;
    document.head.append(script);
  });
}

/** The form's frame for a card, mounted and ready: `{stripe, elements, card}`. */
export async function mountCard(form) {
  const { script, key, amount, currency } = form.dataset;
  const stripe = (await loadStripe(script))(key);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const appearance = () => ({ theme: dark.matches ? "night" : "stripe" });
  const elements = stripe.elements({
    mode: "payment",
    amount: Number(amount),
    currency,
    paymentMethodCreation: "manual",
    paymentMethodTypes: ["card"],
    appearance: appearance(),
  });
  dark.addEventListener("change", () => elements.update({ appearance: appearance() }));
  const card = elements.create("payment");
  await new Promise((resolve, reject) => {
    card.on("ready", resolve);
    card.on("loaderror", (event) => {
      card.destroy();
      reject(new Error(event?.error?.message ?? "no card form"));
    });
    card.mount(form.querySelector("[data-card]"));
  });
  return { stripe, elements, card };
}
