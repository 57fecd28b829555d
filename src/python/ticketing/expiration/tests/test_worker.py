"""The worker of the timers' jobs, where it ends."""

from redis import Redis

from ticketing.expiration.main import Worker
from ticketing.expiration.timers import QUEUE


def test_a_worker_signs_off_though_it_was_stopped_in_the_middle_of_an_answer(redis: Redis) -> None:
    worker = Worker([QUEUE], connection=redis)
    worker.register_birth()  # type: ignore[no-untyped-call]
    interrupted = redis.connection_pool.get_connection()
    # Its answer is still to come.
    interrupted.send_command("BLPOP", "nothing", "0.2")  # type: ignore[no-untyped-call]
    redis.connection_pool.release(interrupted)
    worker.teardown()
    assert Worker.all(connection=redis) == []
