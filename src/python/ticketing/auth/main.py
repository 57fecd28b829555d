"""The auth service: accounts and sessions."""

from collections.abc import Mapping

from pymongo.database import Database

from ticketing.auth import routes
from ticketing.auth.repository import INDEXES
from ticketing.auth.repository import UserRepository
from ticketing.auth.service import Accounts
from ticketing.common.mongo import Document
from ticketing.common.mongo import Store
from ticketing.common.mongo import connect
from ticketing.common.mongo import new_id
from ticketing.common.run import commands
from ticketing.common.service import Service
from ticketing.common.settings import ServiceSettings
from ticketing.common.settings import read


def build(env: Mapping[str, str], database: Database[Document] | None = None) -> Service[Accounts]:
    settings = read(ServiceSettings, env)
    database = connect(settings.mongo_uri) if database is None else database
    store = Store(database["users"])
    return Service(
        name="auth",
        settings=settings,
        database=database,
        use_cases=Accounts(UserRepository(store), new_id=new_id),
        stores=[store],
        indexes=INDEXES,
        routes=routes.users,
    )


if __name__ == "__main__":
    commands(build, "web")()
