"""Sends events to the webhook endpoint, signed, until it takes them, as Stripe does.

An event that is not answered with a status 2xx within TIMEOUT is sent again with growing delays,
for three days. Several are on their way at once, so they come in any order. What was not taken when
the process ended is sent after its next start. See docs.stripe.com/webhooks.
"""

import hashlib
import hmac
import json
import queue
import threading

import requests

from ticketing.common.core.logs import logger
from ticketing.stripe_fake import events
from ticketing.stripe_fake.deliveries import Delivery
from ticketing.stripe_fake.exchange import Clock
from ticketing.stripe_fake.store import Store

SENDERS = 4
TIMEOUT = (2, 10)
FIRST_DELAY, LONGEST_DELAY, GIVEN_UP = 1.0, 3600.0, 3 * 24 * 3600.0
"""Seconds; Stripe does not say how soon it begins, but that it sends for three days."""
LOOK = 0.25
"""Seconds between looks for what has become due."""
HEADERS = {
    "Content-Type": "application/json; charset=utf-8",
    "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
}

log = logger(__name__)


def signature(body: bytes, secret: str, now: float) -> str:
    """The header `Stripe-Signature` of a body that is sent at this time."""
    signed = b"%d.%s" % (int(now), body)
    return f"t={int(now)},v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


def delay(tries: int) -> float:
    """Seconds to the next try after so many in vain."""
    return min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(tries - 1, 30))


class Sender:
    """Sends what is due from `start` to `stop`."""

    def __init__(self, store: Store, url: str, secret: str, clock: Clock) -> None:
        self._store, self._url, self._secret, self._clock = store, url, secret, clock
        self._stop = threading.Event()
        self._free = threading.Semaphore(SENDERS)
        self._work: queue.Queue[Delivery] = queue.Queue()
        self._in_hand: set[int] = set()
        self._threads = [threading.Thread(target=self._dispatch, daemon=True)]
        self._threads += [threading.Thread(target=self._send, daemon=True) for _ in range(SENDERS)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """What is on its way is no longer waited for, and sent anew after the next start."""
        self._stop.set()
        self._store.sent.set()

    def _dispatch(self) -> None:
        while not self._stop.is_set():
            self._store.sent.clear()
            for delivery in self._due():
                self._free.acquire()
                self._in_hand.add(delivery.id)
                self._work.put(delivery)
            self._store.sent.wait(LOOK)

    def _due(self) -> list[Delivery]:
        in_hand = set(self._in_hand)  # before the look: what ends meanwhile is not taken twice
        with self._store.transaction() as book:
            due = book.deliveries.due(self._clock(), SENDERS + len(in_hand))
        return [delivery for delivery in due if delivery.id not in in_hand]

    def _send(self) -> None:
        with requests.Session() as session:
            session.trust_env = False  # no proxy between neighbours
            while True:
                delivery = self._work.get()
                taken = self._offer(session, delivery)
                if self._stop.is_set():
                    return
                self._note(delivery, taken)
                self._in_hand.discard(delivery.id)
                self._free.release()

    def _offer(self, session: requests.Session, delivery: Delivery) -> bool:
        body = self._body(delivery)
        headers = HEADERS | {"Stripe-Signature": signature(body, self._secret, self._clock())}
        try:
            answer = session.post(
                self._url, body, headers=headers, timeout=TIMEOUT, allow_redirects=False
            )
        except requests.RequestException as error:
            log.info("webhook not taken", id=delivery.event_id, reason=repr(error))
            return False
        log.info("webhook sent", id=delivery.event_id, status=answer.status_code)
        return answer.ok and answer.status_code < 300

    def _body(self, delivery: Delivery) -> bytes:
        with self._store.transaction() as book:
            event = book.find(events.KIND, delivery.event_id) or {}
            return json.dumps(events.show(book, event), indent=2).encode()

    def _note(self, delivery: Delivery, taken: bool) -> None:
        now = self._clock()
        with self._store.transaction() as book:
            if taken or now > delivery.since + GIVEN_UP:
                book.deliveries.end(delivery)
            else:
                book.deliveries.postpone(delivery, now + delay(delivery.tries + 1))
