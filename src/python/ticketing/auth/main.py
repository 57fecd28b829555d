"""The auth service: accounts and sessions."""

from collections.abc import Mapping
from datetime import timedelta

from pymongo.database import Database

from ticketing.auth import routes
from ticketing.auth.model import Lifetimes
from ticketing.auth.repository import INDEXES, SessionRepository, UserRepository
from ticketing.auth.service import Accounts
from ticketing.auth.sessions import Sessions
from ticketing.auth.settings import AuthSettings, SigningSettings
from ticketing.common.core.clock import Clock, utc_now
from ticketing.common.core.settings import read
from ticketing.common.runtime.run import commands
from ticketing.common.runtime.service import Service
from ticketing.common.storage.mongo import Document, connect, new_id


def build(
    env: Mapping[str, str], database: Database[Document] | None = None, clock: Clock = utc_now
) -> Service[Accounts]:
    settings = read(AuthSettings, env)
    database = connect(settings.mongo_uri) if database is None else database
    users, kept = UserRepository(database["users"]), SessionRepository(database["sessions"])
    sessions = Sessions(
        kept,
        users,
        access=timedelta(seconds=settings.access_token_seconds),
        lifetimes=Lifetimes(
            idle=timedelta(days=settings.session_idle_days),
            most=timedelta(days=settings.session_days),
        ),
        new_id=new_id,
        clock=clock,
    )
    return Service(
        name="auth",
        settings=settings,
        env=env,
        database=database,
        use_cases=Accounts(users, sessions, new_id=new_id, clock=clock),
        stores=[users, kept],
        indexes=INDEXES,
        routes=routes.users,
        tokens=SigningSettings,
    )


if __name__ == "__main__":
    commands(build, "web", "worker")()
