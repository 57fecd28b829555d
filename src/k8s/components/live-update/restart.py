"""Process 1 of a pod under Tilt: runs the service from a copy of our code that Tilt can change.

`restart.py DIRECTORY [ARGUMENT...]`: at the first start our code is copied to DIRECTORY. SIGHUP has
the service stop and start anew. All else is as if the service itself were process 1.
"""

import json
import os
import shutil
import signal
import sys
import sysconfig
from pathlib import Path

PACKAGE = "ticketing"
WATCHED = {signal.SIGCHLD, signal.SIGHUP, signal.SIGINT, signal.SIGTERM}


def main(directory: str, *arguments: str) -> int:
    # Signals wait here for their turn, and so none comes in between.
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
    _copy_code(Path(directory))
    service, again = _start(directory, arguments), False
    while True:
        number = signal.sigwait(WATCHED)
        if number != signal.SIGCHLD:
            again = number == signal.SIGHUP
            os.kill(service, signal.SIGTERM if again else number)
        elif (status := _ended(service)) is not None:
            if not again:
                return _exit_code(status)
            service, again = _start(directory, arguments), False


def _copy_code(directory: Path) -> None:
    """Not what was compiled: it may be made to be trusted whatever becomes of its source."""
    code, draft = directory / PACKAGE, directory / f"{PACKAGE}.new"
    if not code.exists():
        shutil.rmtree(draft, ignore_errors=True)
        source = Path(sysconfig.get_path("purelib")) / PACKAGE
        shutil.copytree(source, draft, ignore=shutil.ignore_patterns("__pycache__"))
        draft.rename(code)


def _start(directory: str, arguments: tuple[str, ...]) -> int:
    module = json.loads((Path(sys.prefix) / "PEX-INFO").read_text())["entry_point"]
    command = [sys.executable, "-P", "-m", module, *arguments]
    environment = {**os.environ, "PYTHONPATH": directory}
    return os.posix_spawn(command[0], command, environment, setsigmask=())


def _ended(service: int) -> int | None:
    """The service's status once it has ended; takes leave of orphans too, which process 1 gets."""
    found = None
    while True:
        try:
            process, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return found
        if process == 0:
            return found
        if process == service:
            found = status


def _exit_code(status: int) -> int:
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code  # ended by a signal: as a shell says it


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
