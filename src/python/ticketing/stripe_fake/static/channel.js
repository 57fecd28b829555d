// The frame's end of the talk with the page around it.

/**
 * Greet the parent and wait for its answer, which brings the key and a port that only that page,
 * of that origin, holds the other end of. No other message is heard, then or later.
 */
export function connect() {
  return new Promise((resolve) => {
    addEventListener("message", function begin(event) {
      if (event.source !== parent || event.data?.type !== "stripe-stand-in:begin") return;
      removeEventListener("message", begin);
      resolve({ key: event.data.key, port: event.ports[0] });
    });
    parent.postMessage({ type: "stripe-stand-in:hello" }, "*"); // whoever it is: nothing secret
  });
}

export function serve(port, actions) {
  port.onmessage = async ({ data: { id, action, data } }) => {
    port.postMessage({ id, result: (await actions[action](data)) ?? {} });
  };
}

export function tellHeight(port) {
  const height = () => Math.ceil(document.body.getBoundingClientRect().height);
  const tell = () => port.postMessage({ event: "height", value: height() });
  new ResizeObserver(tell).observe(document.body);
  tell();
}

export function dress(theme) {
  document.documentElement.dataset.theme = theme;
}

/** What the API says; `{error}` as in Stripe's own answers, also when there was none. */
export async function call(key, path, fields) {
  try {
    const response = await fetch(path, {
      method: fields ? "POST" : "GET",
      headers: { Authorization: `Bearer ${key}` },
      body: fields && new URLSearchParams(fields),
      signal: AbortSignal.timeout(20_000),
    });
    return await response.json();
  } catch {
    const message = "The Stripe stand-in gives no answer. Try again.";
    return { error: { type: "api_connection_error", message } };
  }
}
