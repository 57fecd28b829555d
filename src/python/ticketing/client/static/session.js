// The visitor's session, which is renewed while a page is open.

const PATIENCE = 10_000; // ms

let renewing = null;

/** Whether the session goes on, with a new token. Rejects where no answer tells. */
export function renewSession() {
  renewing ??= ask().finally(() => (renewing = null)); // scripts that ask at once ask once
  return renewing;
}

async function ask() {
  const signal = AbortSignal.timeout(PATIENCE);
  const answer = await fetch("/api/users/renew", { method: "POST", signal });
  if (answer.status >= 500 || answer.status === 409) throw new Error(`renewing: ${answer.status}`);
  return answer.ok;
}
