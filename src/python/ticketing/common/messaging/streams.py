"""The streams on NATS JetStream and their consumers: what each holds, and that they are there."""

from collections.abc import Sequence

from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import BadRequestError, NotFoundError

from ticketing.common.core.events import EVENTS
from ticketing.common.messaging.wire import copies_for

SUBJECTS = [*sorted({f"{subject.split('.')[0]}.>" for subject in EVENTS}), "again.>"]
"""What the stream of events takes: all of each kind of event that is known, and copies."""


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

    async def join(
        self, js: JetStreamContext, consumer: str, subjects: Sequence[str], ack_wait: float
    ) -> JetStreamContext.PullSubscription:
        """Take part in the durable consumer, which is made, or hears more from now on.

        It never loses a subject: during a rollout an older version that starts would take away what
        a newer one has added, and its messages with it.
        """
        config = ConsumerConfig(
            durable_name=consumer,
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=ack_wait,
            max_deliver=-1,  # the broker would drop what it gives up without a word
            max_ack_pending=-1,  # however many wait for a later try, new ones still come
            filter_subjects=sorted(
                {*subjects, copies_for(consumer), *await self._subjects_of(js, consumer)}
            ),
        )
        await js.add_consumer(self.events, config)
        return await js.pull_subscribe_bind(durable=consumer, stream=self.events)

    async def _subjects_of(self, js: JetStreamContext, consumer: str) -> Sequence[str]:
        try:
            known = (await js.consumer_info(self.events, consumer)).config
        except NotFoundError:
            return []
        return known.filter_subjects or ([known.filter_subject] if known.filter_subject else [])


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
