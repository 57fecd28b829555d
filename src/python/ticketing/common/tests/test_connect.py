"""Connecting to a database: what is said of a wrong URI, and what is never said."""

import contextlib
import gc
import io
import logging

import pytest
from pymongo.database import Database

from ticketing.common.core import logs
from ticketing.common.storage.mongo import Document, connect
from ticketing.common.tests.conftest import LogLines

WRONG = {
    "without a database name": "mongodb://user:hunter2@db:27017",
    "with a slash only": "mongodb://user:hunter2@db/",
    "of another scheme": "http://user:hunter2@db/tickets",
    "without a scheme": "user:hunter2@db/tickets",
    "with a word for a port": "mongodb://user:hunter2@db:port/tickets",
    "with too high a port": "mongodb://user:hunter2@db:99999/tickets",
    "with a slash in the password": "mongodb://user:x/hunter2@db/tickets",
    "with a colon in the password": "mongodb://user:x:hunter2@db/tickets",
    "with a percent sign in the password": "mongodb://user:hunter2%@db/tickets",
    "with half a bracket": "mongodb://user:hunter2@[db/tickets",
}


def complaint(uri: str) -> object:
    with pytest.raises(SystemExit) as stopped:
        connect(uri)
    return stopped.value.code


# The process ends anyway, so nobody closes a client that was made before the mistake was seen.
@pytest.mark.filterwarnings("ignore:Unclosed MongoClient:ResourceWarning")
@pytest.mark.parametrize("uri", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_uri_ends_the_process_with_one_line_that_keeps_the_password(uri: str) -> None:
    said = complaint(uri)
    gc.collect()
    assert isinstance(said, str)
    assert "MONGO_URI" in said
    assert "\n" not in said
    assert "hunter2" not in said


def test_logs_at_debug_do_not_show_what_is_stored(
    log_lines: LogLines, server_database: Database[Document]
) -> None:
    stdout = io.StringIO()
    with contextlib.redirect_stdout(stdout):
        logs.configure("sample", "DEBUG")  # log_lines takes it back
    server_database["users"].insert_one({"_id": "u", "password": "hunter2"})
    assert server_database["users"].find_one({"password": "hunter2"})
    logging.getLogger(__name__).debug("still heard")
    assert "still heard" in stdout.getvalue()
    assert "hunter2" not in stdout.getvalue()
