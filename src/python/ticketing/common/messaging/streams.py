"""The streams on NATS JetStream: what each holds, and that they are there."""

from nats.js import JetStreamContext
from nats.js.api import RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import BadRequestError

SUBJECTS = ["ticket.>", "order.>", "expiration.>", "payment.>", "session.>", "user.>", "again.>"]


class Streams:
    """The streams of one platform: `ticketing` gives TICKETING, the events and their copies,
    and TICKETING_DEAD, what was given up.
    """

    def __init__(self, prefix: str) -> None:
        self.events = prefix.upper()
        self.dead = f"{self.events}_DEAD"

    async def ensure(self, js: JetStreamContext, replicas: int) -> None:
        """Make those that are missing, and add what older ones lack.

        Subjects and replicas are never taken away: who asks for fewer may be a stranger or an older
        version that did not know.
        """
        await _ensure(js, self.events, SUBJECTS, replicas)
        await _ensure(js, self.dead, [f"dead.{self.events}.>"], replicas)


async def _ensure(js: JetStreamContext, name: str, subjects: list[str], replicas: int) -> None:
    config = StreamConfig(
        name=name,
        subjects=subjects,
        retention=RetentionPolicy.LIMITS,
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
