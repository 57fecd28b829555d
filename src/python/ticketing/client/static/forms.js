// A form is sent once, however often its button is pressed.

const PATIENCE = 30_000; // then a visitor who stopped the sending may try again

/** Prevent that a posted form is sent again while the answer to it is under way. */
export function guardForms() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.getAttribute("method")?.toLowerCase() !== "post") return;
    if ("sending" in form.dataset) event.preventDefault();
    else lock(form, event.submitter ?? form.querySelector("button:not([type=button])"));
  });
  // Back shows the page as it was left: its forms can be sent again.
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sending]").forEach(unlock);
  });
}

function lock(form, button) {
  form.dataset.sending = "";
  button?.setAttribute("aria-disabled", "true"); // "disabled" would lose the focus and its value
  button?.setAttribute("data-busy", "");
  setTimeout(unlock, PATIENCE, form);
}

function unlock(form) {
  delete form.dataset.sending;
  for (const button of form.querySelectorAll("[data-busy]")) {
    button.removeAttribute("aria-disabled");
    button.removeAttribute("data-busy");
  }
}
