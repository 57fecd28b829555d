"""Signals that another thread than the waiting one takes, as when the process is frozen."""

import signal
import threading
import time

from ticketing.common.runtime.server import WakefulEvent


def test_a_signal_that_another_thread_takes_is_handled_all_the_same() -> None:
    event, late = WakefulEvent(), threading.Timer(60, lambda: event.set())
    before = signal.signal(signal.SIGUSR1, lambda *_: event.set())
    began = time.monotonic()

    def take() -> None:
        time.sleep(0.2)  # until the main thread waits
        signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)

    other = threading.Thread(target=take)
    late.start()
    other.start()
    try:
        assert event.wait()
        assert time.monotonic() - began < 30
    finally:
        late.cancel()
        other.join()
        signal.signal(signal.SIGUSR1, before)


def test_a_wait_with_an_end_ends() -> None:
    assert not WakefulEvent().wait(0.01)
