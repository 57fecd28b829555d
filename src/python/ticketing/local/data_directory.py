"""The directory that holds everything a platform keeps; one platform at a time."""

import fcntl
import hashlib
import hmac
import json
import os
import secrets
import shutil
from pathlib import Path
from typing import IO

LOCK = "lock"


class DataDirectoryError(Exception):
    """The directory cannot be used; the text says why in one line."""


class DataDirectory:
    """Held from `open` to `close`. Everything in it is made by the platform."""

    def __init__(self, path: Path, lock: IO[str]) -> None:
        self.path = path
        self._lock = lock

    @classmethod
    def open(cls, path: Path) -> "DataDirectory":
        """Makes or takes the directory; raises DataDirectoryError, having changed nothing."""
        path = path.absolute()
        try:
            _refuse_foreign(path)
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = (path / LOCK).open("a+")
        except OSError as error:
            raise DataDirectoryError(f"Cannot use {path}: {error.strerror}") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise DataDirectoryError(
                f"The data directory {path} is in use by another platform"
            ) from None
        return cls(path, lock)

    def close(self) -> None:
        self._lock.close()

    def empty(self) -> None:
        """Deletes all but the lock file, which must stay the one that we hold."""
        for entry in self.path.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            elif entry.name != LOCK:
                entry.unlink()

    def directory(self, name: str) -> Path:
        directory = self.path / name
        directory.mkdir(exist_ok=True)
        return directory

    def log(self, name: str) -> Path:
        return self.directory("logs") / f"{name}.log"

    def write(self, name: str, text: str, mode: int = 0o644) -> Path:
        """Replaces a file in one step: a reader sees the old or the new, never a part."""
        path = self.path / name
        draft = path.with_name(path.name + ".new")
        draft.unlink(missing_ok=True)
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
            file.write(text)
        draft.replace(path)
        return path

    def write_processes(self, processes: list[dict[str, object]]) -> None:
        self.write("processes.json", json.dumps(processes, indent=2) + "\n")

    def secret(self, name: str) -> str:
        """A random key, made once, that only the owner of the directory can read."""
        path = self.path / name
        if not path.exists():
            self.write(name, secrets.token_hex(32), mode=0o600)
        return path.read_text()

    def password(self, server: str, user: str) -> str:
        """Of a user of one of the servers; always the same, in no file, and of use nowhere else."""
        key = self.secret("infrastructure.key").encode()
        return hmac.new(key, f"{server} {user}".encode(), hashlib.sha256).hexdigest()


def _refuse_foreign(path: Path) -> None:
    # `--fresh` empties the directory: it must never be somebody's home.
    if path.is_dir() and any(path.iterdir()) and not (path / LOCK).exists():
        raise DataDirectoryError(f"{path} is not empty and was not made by the platform")
