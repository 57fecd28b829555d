"""The streams on NATS JetStream: what each holds, and that they are there."""

from nats.js import JetStreamContext
from nats.js.api import RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import BadRequestError

from ticketing.common.messaging.wire import Draft

SUBJECTS = ["ticket.>", "order.>", "expiration.>", "payment.>", "session.>", "user.>", "again.>"]
CONFIRM = 2.0
"""Seconds until a publish is taken for lost; publishing the same id again is harmless."""
_EXCEEDED = "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES"


class Streams:
    """The streams of one platform: `ticketing` gives TICKETING, the events and their copies;
    TICKETING_DEAD, what was given up; TICKETING_UNANSWERED, the broker's word that a message was
    delivered as often as it may be and never answered.
    """

    def __init__(self, prefix: str) -> None:
        self.events = prefix.upper()
        self.dead = f"{self.events}_DEAD"
        self.unanswered = f"{self.events}_UNANSWERED"

    def unanswered_by(self, consumer: str) -> str:
        """The subject of what the broker says of this consumer's unanswered messages."""
        return f"{_EXCEEDED}.{self.events}.{consumer}"

    async def ensure(self, js: JetStreamContext, replicas: int) -> None:
        """Make those that are missing, and add what older ones lack.

        Subjects and replicas are never taken away: who asks for fewer may be a stranger or an older
        version that did not know.
        """
        kept, once = RetentionPolicy.LIMITS, RetentionPolicy.WORK_QUEUE
        await _ensure(js, self.events, SUBJECTS, kept, replicas)
        await _ensure(js, self.dead, [f"dead.{self.events}.>"], kept, replicas)
        await _ensure(js, self.unanswered, [f"{_EXCEEDED}.{self.events}.>"], once, replicas)


async def _ensure(
    js: JetStreamContext,
    name: str,
    subjects: list[str],
    retention: RetentionPolicy,
    replicas: int,
) -> None:
    config = StreamConfig(
        name=name,
        subjects=subjects,
        retention=retention,
        storage=StorageType.FILE,
        num_replicas=replicas,
    )
    try:
        await js.add_stream(config)
    except BadRequestError:
        known = (await js.stream_info(name)).config
        await js.update_stream(
            config,
            subjects=sorted({*subjects, *(known.subjects or [])}),
            num_replicas=max(replicas, known.num_replicas or 1),
        )


async def publish(js: JetStreamContext, draft: Draft) -> None:
    """Publish and wait until the server has it on disk."""
    headers = {"Nats-Msg-Id": draft.id, **draft.headers}
    await js.publish(draft.subject, draft.body, timeout=CONFIRM, headers=headers)
