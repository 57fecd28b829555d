"""A stand-in for mongosh, for one script: makes a replica set of MONGO_HOSTS, and its users."""

import os
import sys
import time

import pymongo
from pymongo.errors import PyMongoError

SET = "rs0"
Client = pymongo.MongoClient[dict[str, object]]


def say(what: str) -> None:
    sys.stderr.write(f"{what}\n")


def main() -> None:
    hosts = os.environ["MONGO_HOSTS"].split(",")
    members = [{"_id": number, "host": host} for number, host in enumerate(hosts)]
    first: Client = pymongo.MongoClient(
        hosts[0],
        directConnection=True,
        username="__system",
        password=os.environ["MONGO_KEY"],
        authSource="local",
        serverSelectionTimeoutMS=2000,
    )
    while True:
        try:
            hello = first.admin.command("hello")
            if not hello.get("setName"):
                first.admin.command("replSetInitiate", {"_id": SET, "members": members})
            elif hello["isWritablePrimary"]:
                make_users(first)
                say(f"there is a primary of {SET}: {hello['hosts']}")
                return
        except PyMongoError as error:
            say(f"waiting for {hosts[0]}: {error}")
        time.sleep(0.5)


def make_users(server: Client) -> None:
    service = os.environ["MONGO_DATABASE"]
    make_user(server, service, service, os.environ["MONGO_PASSWORD"], "readWrite")
    make_user(server, "admin", "operator", os.environ["MONGO_OPERATOR_PASSWORD"], "root")


def make_user(server: Client, database: str, user: str, password: str, role: str) -> None:
    known = server[database].command("usersInfo", user)["users"]
    roles = [{"role": role, "db": database}]
    server[database].command(
        "updateUser" if known else "createUser", user, pwd=password, roles=roles
    )


if __name__ == "__main__":
    main()
