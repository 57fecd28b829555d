// 3-D Secure: the page of a bank, where the one who tests chooses what the bank would say.

import { call, connect, dress, serve, tellHeight } from "./channel.js";

const question = document.getElementById("question");
const buttons = [...document.querySelectorAll("button")];
const { key, port } = await connect();
let secret = "";
let cancelled = false;
let settle = () => {};

async function authenticate(clientSecret) {
  secret = clientSecret;
  const path = `../v1/payment_intents/${idOf(secret)}?client_secret=${encodeURIComponent(secret)}`;
  const intent = await call(key, path);
  if (intent.error) return intent;
  if (intent.status !== "requires_action") return { error: unexpected(intent) };
  return new Promise((resolve) => {
    settle = resolve;
    if (cancelled) decide("fail");
    else show(intent);
  });
}

function idOf(clientSecret) {
  return clientSecret.slice(0, clientSecret.indexOf("_secret_"));
}

function unexpected(intent) {
  return {
    type: "invalid_request_error",
    code: "payment_intent_unexpected_state",
    message: `The PaymentIntent is not in the state requires_action, but ${intent.status}.`,
    payment_intent: intent,
  };
}

function show({ amount, currency }) {
  const money = new Intl.NumberFormat("en-US", { style: "currency", currency });
  question.textContent = `Is it you who pays ${money.format(amount / 100)} with this card?`;
  document.querySelector(".buttons").hidden = false;
  buttons[0].focus();
}

function busy(yes) {
  for (const button of buttons) button.setAttribute("aria-disabled", String(yes));
}

async function decide(outcome) {
  if (buttons[0].getAttribute("aria-disabled") === "true") return;
  busy(true);
  const path = `../test/payment_intents/${idOf(secret)}/authenticate`;
  const intent = await call(key, path, { client_secret: secret, outcome });
  if (intent.error?.type === "api_connection_error") {
    document.querySelector(".error").textContent = intent.error.message;
    busy(false);
    return;
  }
  if (intent.error) settle(intent);
  else if (intent.status === "succeeded") settle({ paymentIntent: intent });
  else settle({ error: failure(intent) });
}

function failure(intent) {
  const { code, ...error } = intent.last_payment_error;
  const message =
    code === "payment_intent_authentication_failure"
      ? "Your bank could not confirm that it is you. Choose another card, or try again."
      : error.message;
  return { ...error, code, message, payment_intent: intent };
}

function cancel() {
  cancelled = true;
  if (!document.querySelector(".buttons").hidden) decide("fail");
}

for (const button of buttons) button.addEventListener("click", () => decide(button.dataset.outcome));
addEventListener("keydown", (event) => event.key === "Escape" && cancel());
serve(port, { authenticate, cancel, dress });
tellHeight(port);
