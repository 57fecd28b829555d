"""The users of the broker and of Redis, with the fewest rights that they can work with."""

from collections.abc import Iterator, Mapping

from ticketing.common.messaging.streams import Streams
from ticketing.common.messaging.wire import copies_for
from ticketing.registry.declarations import consumers, services

OPERATOR = "operator"
"""May do everything; no process of the platform has its password."""

REDIS = {
    "timers": (
        "~rq:* resetchannels &rq:* +@all -@admin -@dangerous +info +client|setname +client|list"
    ),
    "limits": "~LIMITS* resetchannels +@all -@admin -@dangerous",
    OPERATOR: "~* &* +@all",
}
"""Redis users and their ACL rules. (RQ asks for the server's version and its own address.)"""
ANYBODY = "default on nopass resetkeys resetchannels -@all +ping"
"""The ACL of a connection that has not logged in: it may ping."""

_USERS = """\
# Who may do what: a service publishes its own events, and reads by a consumer of its own name.
# Passwords are in the environment.
authorization {{
  users: [
{users}
    {{ user: {operator}, password: $NATS_{OPERATOR} }}
  ]
}}
"""
_USER = """\
    {{
      user: {name}
      password: $NATS_{NAME}
      permissions: {{
        publish: [
{publish}
        ]
        subscribe: ["_INBOX.{name}.>"]
      }}
    }}"""


def published() -> dict[str, tuple[str, ...]]:
    """The users of the broker but the operator, with the subjects that each may publish."""
    own = {name: each.publishes for name, each in services().items() if each.has_broker}
    return own | dict.fromkeys(consumers(), ())


def redis_users(passwords: Mapping[str, str]) -> Iterator[str]:
    """Arguments of redis-server; a password stands after `>`, or hashed after `#`."""
    yield from ("--user", *ANYBODY.split())
    for user, rules in REDIS.items():
        yield from ("--user", user, "on", passwords[user], *rules.split())


def nats_users(cluster_id: str = "ticketing") -> str:
    """The authorization block of nats-server's configuration, for the streams of this cluster."""
    streams = Streams(cluster_id)
    users = [
        _USER.format(
            name=name,
            NAME=name.upper(),
            publish="\n".join(f'          "{subject}"' for subject in _subjects(streams, name)),
        )
        for name in published()
    ]
    return _USERS.format(users="\n".join(users), operator=OPERATOR, OPERATOR=OPERATOR.upper())


def _subjects(streams: Streams, name: str) -> Iterator[str]:
    """What a service's worker publishes: events, its copies and dead letters, and questions to
    JetStream. Whoever comes first makes the streams; nobody may delete or purge one.

    This keeps mistakes and lesser leaks in, not a service that was taken over: who may update a
    stream can transform subjects in it, and so forge others' events, or have it keep no message.
    """
    yield from published()[name]
    yield copies_for(name)
    yield f"dead.{streams.events}.{name}.>"
    for stream in (streams.events, streams.dead):
        yield from (f"$JS.API.STREAM.{act}.{stream}" for act in ("CREATE", "INFO", "UPDATE"))
    for act in ("DURABLE.CREATE", "INFO", "MSG.NEXT"):
        yield f"$JS.API.CONSUMER.{act}.{streams.events}.{name}"
    yield f"$JS.ACK.{streams.events}.{name}.>"
