"""A stand-in for mongosh, for one script: makes the members that MONGO_URI names a replica set."""

import os
import re
import sys
import time

import pymongo
from pymongo.errors import PyMongoError


def say(what: str) -> None:
    sys.stderr.write(f"{what}\n")


def main() -> None:
    found = re.match(r"mongodb://([^/]+)/.*[?&]replicaSet=(\w+)", os.environ["MONGO_URI"])
    assert found, "MONGO_URI names no replica set"
    hosts, name = found[1].split(","), found[2]
    members = [{"_id": number, "host": host} for number, host in enumerate(hosts)]
    first: pymongo.MongoClient[dict[str, object]] = pymongo.MongoClient(
        hosts[0], directConnection=True, serverSelectionTimeoutMS=2000
    )
    while True:
        try:
            hello = first.admin.command("hello")
            if not hello.get("setName"):
                first.admin.command("replSetInitiate", {"_id": name, "members": members})
            elif hello["isWritablePrimary"]:
                say(f"there is a primary of {name}: {hello['hosts']}")
                return
        except PyMongoError as error:
            say(f"waiting for {hosts[0]}: {error}")
        time.sleep(0.5)


if __name__ == "__main__":
    main()
