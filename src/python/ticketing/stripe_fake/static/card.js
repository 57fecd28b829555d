// The card field. The number goes from here to the API of this same origin, and nowhere else.

import { call, connect, dress, serve, tellHeight } from "./channel.js";
import * as formats from "./formats.js";

const input = (id) => document.getElementById(id);
const [number, expiry, cvc] = ["number", "expiry", "cvc"].map(input);
const fields = [number, expiry, cvc];
const fieldOfParam = { number, exp_month: expiry, exp_year: expiry, cvc };
const write = new Map([
  [number, formats.writeNumber],
  [expiry, formats.writeExpiry],
  [cvc, formats.writeCvc],
]);
const wrong = new Map([
  [number, () => formats.wrongNumber(number.value)],
  [expiry, () => formats.wrongExpiry(expiry.value)],
  [cvc, () => formats.wrongCvc(cvc.value, number.value)],
]);

/** Write the field in its form again, with the caret behind the same digit as before. */
function rewrite(field) {
  const before = field.value.slice(0, field.selectionStart).replace(/\D/g, "").length;
  const atEnd = field.selectionStart === field.value.length;
  field.value = write.get(field)(field.value);
  if (atEnd || document.activeElement !== field) return;
  let caret = 0;
  for (let digits = 0; digits < before && caret < field.value.length; caret += 1) {
    digits += /\d/.test(field.value[caret]) ? 1 : 0;
  }
  field.setSelectionRange(caret, caret);
}

function complain(field, message) {
  const place = input(`${field.id}-error`);
  if (place.textContent !== message) place.textContent = message;
  if (message) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}

function state() {
  const empty = fields.every((field) => !field.value);
  const complete = fields.every((field) => !wrong.get(field)());
  return { empty, complete, collapsed: false, value: { type: "card" } };
}

function fill(card) {
  number.value = formats.writeNumber(card);
  expiry.value = formats.writeExpiry("1234");
  cvc.value = "123";
  fields.forEach((field) => complain(field, ""));
  input("filled").textContent = `Filled in: the test card ${number.value}`;
}

// The page gives the frame the focus first: it cannot take it from a button that was just pressed.
function focus() {
  (fields.find((field) => field.ariaInvalid === "true") ?? number).focus();
}

function submit() {
  const found = fields.map((field) => [field, wrong.get(field)()]);
  found.forEach(([field, mistake]) => complain(field, mistake?.[1] ?? ""));
  const mistake = found.map((pair) => pair[1]).find(Boolean);
  if (!mistake) return { selectedPaymentMethod: "card" };
  return { error: { type: "validation_error", code: mistake[0], message: mistake[1] } };
}

async function create(key) {
  const { month, year } = formats.expiryOf(expiry.value);
  const answer = await call(key, "../v1/payment_methods", {
    type: "card",
    "card[number]": formats.plainNumber(number.value),
    "card[exp_month]": month,
    "card[exp_year]": year,
    "card[cvc]": cvc.value,
  });
  if (!answer.error) return { paymentMethod: answer };
  const field = fieldOfParam[answer.error.param];
  if (field) complain(field, answer.error.message);
  return answer;
}

function clear() {
  for (const field of fields) {
    field.value = "";
    complain(field, "");
  }
}

function listen(tell) {
  for (const field of fields) {
    field.addEventListener("input", (event) => {
      // Else the slash of the expiry could not be deleted: it would be written again.
      if (!(field === expiry && event.inputType?.startsWith("delete"))) rewrite(field);
      complain(field, "");
      tell("change", state());
    });
    field.addEventListener("blur", () => {
      complain(field, (field.value && wrong.get(field)()?.[1]) || "");
    });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") tell("submit");
    });
  }
  for (const button of document.querySelectorAll("[data-card]")) {
    button.addEventListener("click", () => {
      fill(button.dataset.card);
      tell("change", state());
    });
  }
}

document.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
const { key, port } = await connect();
listen((event, value) => port.postMessage({ event, value }));
serve(port, { submit, clear, dress, create: () => create(key), focus });
tellHeight(port);
port.postMessage({ event: "ready" });
