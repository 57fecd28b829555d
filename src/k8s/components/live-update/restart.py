"""Process 1 of a pod under Tilt: runs the service from a copy of our code that Tilt can change.

`restart.py DIRECTORY [ARGUMENT...]`: our code is copied to DIRECTORY. SIGHUP has the service
stop and start anew. All else is as if the service itself were process 1, but for one thing: where
changed code does not run, the next change is waited for.
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
    # Signals wait until they are asked for, and so none comes in between.
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
    _copy_code(Path(directory))
    code, asked = _run(directory, arguments)
    while asked == signal.SIGHUP:
        code, asked = _run(directory, arguments)
        if asked is None:
            sys.stderr.write(f"the service has ended ({code}): waiting for another change\n")
            asked = signal.sigwait(WATCHED - {signal.SIGCHLD})
    return code


def _copy_code(directory: Path) -> None:
    """Each time: a container that starts again is to Tilt as it left the image, and it brings all
    changes once more. Not what was compiled: it may be trusted whatever becomes of its source.
    """
    code = directory / PACKAGE
    shutil.rmtree(code, ignore_errors=True)
    built = Path(sysconfig.get_path("purelib")) / PACKAGE
    shutil.copytree(built, code, ignore=shutil.ignore_patterns("__pycache__"))


def _run(directory: str, arguments: tuple[str, ...]) -> tuple[int, int | None]:
    """Its exit code, and the signal that it was asked to end by, if it was."""
    service, asked = _start(directory, arguments), None
    while True:
        number = signal.sigwait(WATCHED)
        if number != signal.SIGCHLD:
            asked = number
            os.kill(service, signal.SIGTERM if number == signal.SIGHUP else number)
        elif (status := _ended(service)) is not None:
            return _exit_code(status), asked


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
