"""Somebody who uses the platform over HTTP and does not always get an answer."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests

from ticketing.faults.tally import Answer, Outcome, Promises, Tally

PASSWORD = "correct horse battery"
PATIENCE = (2.0, 6.0)
"""Seconds to connect and to be answered."""
PAUSE = 0.4
RENEW_AFTER = 240.0
"""Seconds: less than half of the life of an access token."""
TRIES = 4
"""How often somebody with an idempotency key asks who got no final answer."""

Json = dict[str, Any]


class JoinError(Exception):
    """The platform did not let somebody in."""


class Person:
    """Signed in once `join` has returned; None is for no answer."""

    def __init__(
        self,
        url: str,
        tally: Tally,
        promises: Promises,
        patience: tuple[float, float] = PATIENCE,
        renew_after: float = RENEW_AFTER,
    ) -> None:
        self._url, self._tally, self._promises = url, tally, promises
        self._patience, self._renew_after = patience, renew_after
        self._renewed = time.monotonic()
        self._session = requests.Session()
        self._session.trust_env = False
        self._email = f"{uuid.uuid4().hex}@example.com"

    def join(self) -> None:
        """Sign up; or in, where the answer was lost on the way. Raises JoinError."""
        body = {"email": self._email, "password": PASSWORD}
        for path in ("/users/signup", "/users/signin", "/users/signin"):
            answer = self.send("sign up or in", "POST", path, body, patience=(5.0, 30.0))
            if answer is not None and answer.done:
                self._renewed = time.monotonic()
                return
        raise JoinError("nobody can sign up")

    def get(self, what: str, path: str) -> Any:
        """The JSON; None without an answer or where it was refused."""
        self._stay_signed_in()
        answer = self.send(what, "GET", path)
        return answer.json() if answer is not None and answer.done else None

    def post(
        self, what: str, path: str, body: Json, key: str = "", times: int = 1
    ) -> Answer | None:
        """Post the same so many times at once; with a key, insist until there is a final answer.

        The answer that was best for the sender; every keyed one is held against the first.
        """
        self._stay_signed_in()
        tries = TRIES if key else 1
        answers: list[Answer] = []
        for number in range(tries):
            time.sleep(PAUSE if number else 0.0)
            answers += self._post_at_once(what, path, body, key, times)
            if any(answer.is_final for answer in answers):
                break
        for answer in answers:
            if key:
                self._promises.note_answer(key, answer)
        return min(answers, key=lambda answer: answer.status, default=None)

    def send(
        self,
        what: str,
        method: str,
        path: str,
        body: Json | None = None,
        key: str = "",
        patience: tuple[float, float] | None = None,
    ) -> Answer | None:
        """One request, counted; None where no answer came."""
        headers = {"X-XSRF-TOKEN": self._session.cookies.get("XSRF-TOKEN") or ""}
        if key:
            headers["Idempotency-Key"] = key
        url = f"{self._url}/api{path}"
        try:
            reply = self._session.request(
                method, url, json=body, headers=headers, timeout=patience or self._patience
            )
        except requests.RequestException as error:
            late = isinstance(error, requests.Timeout)
            self._tally.count(what, Outcome.LATE if late else Outcome.CUT)
            return None
        replayed = "Idempotent-Replayed" in reply.headers
        answer = Answer(status=reply.status_code, body=reply.content, replayed=replayed)
        self._tally.count(what, answer.outcome)
        return answer

    def close(self) -> None:
        self._session.close()

    def _stay_signed_in(self) -> None:
        """Renew the session in time; where no answer comes, before the next request."""
        now = time.monotonic()
        if now - self._renewed >= self._renew_after:
            answer = self.send("renew the session", "POST", "/users/renew")
            if answer is not None and answer.done:
                self._renewed = now

    def _post_at_once(self, what: str, path: str, body: Json, key: str, times: int) -> list[Answer]:
        if times == 1:
            answers = [self.send(what, "POST", path, body, key)]
        else:
            with ThreadPoolExecutor(times) as pool:
                sent = [pool.submit(self.send, what, "POST", path, body, key) for _ in range(times)]
                answers = [each.result() for each in sent]
        return [answer for answer in answers if answer is not None]


def authenticate(stripe_url: str, client_secret: str, outcome: str) -> bool:
    """What a buyer's bank reports to the stand-in after 3-D Secure; whether it got there."""
    intent = client_secret.split("_secret_")[0]
    url = f"{stripe_url}/test/payment_intents/{intent}/authenticate"
    form = {"client_secret": client_secret, "outcome": outcome}
    with requests.Session() as session:
        session.trust_env = False
        try:
            return bool(session.post(url, data=form, timeout=PATIENCE).ok)
        except requests.RequestException:
            return False
