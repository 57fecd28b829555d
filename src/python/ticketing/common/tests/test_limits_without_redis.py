"""While Redis is away, or silent, a process counts by itself: nobody is refused for want of it."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ticketing.common.testing.servers import RedisServer
from ticketing.common.tests.limited_service import Visit, service, statuses


def test_while_redis_is_away_this_process_counts(tmp_path: Any, visit: Visit) -> None:
    server = RedisServer(tmp_path)
    client = visit(service(server.url))  # it was never there
    assert statuses(client, "/knock", 4) == [200, 200, 200, 429]
    other = visit(service(server.url))
    assert other.post("/knock").status_code == 200


def test_many_at_once_are_answered_while_redis_is_away(tmp_path: Any, visit: Visit) -> None:
    client = visit(service(RedisServer(tmp_path).url, KNOCKS="5/hour"))
    with ThreadPoolExecutor(8) as visitors:
        app = client.application
        replies = list(visitors.map(lambda _: app.test_client().post("/knock"), range(40)))
    assert {reply.status_code for reply in replies} == {200, 429}


def test_a_redis_that_gives_no_answer_is_not_waited_for_each_time(visit: Visit) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = visit(service(f"redis://127.0.0.1:{silent.getsockname()[1]}"))
        assert statuses(client, "/knock", 4) == [200, 200, 200, 429]


def test_redis_may_go_and_come(tmp_path: Any, visit: Visit) -> None:
    server = RedisServer(tmp_path)
    server.start()
    try:
        client = visit(service(server.url))
        assert statuses(client, "/knock", 2) == [200] * 2
        server.kill()
        assert statuses(client, "/knock", 4) == [200, 200, 200, 429]
        server.start()
        deadline = time.monotonic() + 60
        while client.post("/knock").status_code == 429:  # until it asks Redis, which knows of two
            assert time.monotonic() < deadline
            time.sleep(0.1)
    finally:
        server.kill()
