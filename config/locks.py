"""One process at a time for one data folder, and stamps that say what was already done to it."""

import fcntl
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import IO


def try_lock(data: Path, holder: str) -> IO[str] | None:
    """The lock for as long as the file stays open, or None. The kernel lets go of it however this process ends."""
    lock = open(os.open(data / "lock", os.O_RDWR | os.O_CREAT, 0o600), "r+")  # noqa: SIM115  (open as long as it is held)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    announce(lock, holder)
    return lock


def announce(lock: IO[str], holder: str) -> None:
    """Tell whoever finds the lock taken who holds it."""
    lock.seek(0)
    lock.truncate()
    lock.write(f"{os.getpid()} {holder}")
    lock.flush()


def holder_of(data: Path) -> tuple[str, str]:
    """Who wrote itself into the lock: its process and what it said about itself."""
    pid, _, holder = (data / "lock").read_text().partition(" ")
    return pid, holder


def digest_of(paths: Iterable[Path], *more: str) -> str:
    """Changes when a file comes, goes or changes its content."""
    digest = hashlib.sha256("\0".join(more).encode())
    for path in sorted(path for path in paths if path.is_file()):
        digest.update(f"\0{path}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def is_stamped(stamp: Path, wanted: str) -> bool:
    """Whether this very thing was finished before."""
    return stamp.exists() and stamp.read_text() == wanted
