"""The processes ./run keeps alive: started again when they end, and none left behind."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from config.bootstrap import ROOT
from config.embedded import die_with_parent, open_log

LONGEST_PAUSE = 30.0
STEADY = 60.0


def stop_listening() -> None:
    """From here on we are stopping already: a signal must not interrupt that and leave a process behind."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)


class Child:
    """A program that should be running."""

    def __init__(self, name: str, command: Sequence[str], env: dict[str, str], data: Path) -> None:
        self.name, self.command, self.env = name, command, env
        self.log = data / "log" / f"{name}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.begun = self.due = 0.0
        self.pause = 0.5

    def tend(self) -> None:
        """Start it when it is due; when it has ended, plan the next start and say so."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.due:
                self.begin(now)
            return
        code = self.process.poll()
        if code is None:
            return
        self.signal(signal.SIGKILL)  # what it left of its own children would hold the port or the queue
        self.process = None
        # Only one that fails again and again is made to wait longer.
        self.pause = 0.5 if now - self.begun > STEADY else min(self.pause * 2, LONGEST_PAUSE)
        self.due = now + self.pause
        print(f"{self.name} ended with {code}, starting again in {self.pause:.0f} s; see {self.log}", flush=True)

    def begin(self, now: float) -> None:
        """In a group of its own, so that one signal finds all it started."""
        self.begun = now
        with open_log(self.log) as log:
            self.process = subprocess.Popen(  # noqa: S603  (our own commands)
                self.command,
                env=self.env,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509  (there are no threads here)
            )

    def signal(self, number: int) -> None:
        """To the whole group, also when its leader is gone already."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)


def end_leftovers(data: Path) -> None:
    """What a killed supervisor left: a worker's own children outlive a worker that was killed too."""
    mark = f"LUMBUNG_DATA={data}".encode()
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # gone meanwhile, or not ours to look at
            words = (process / "cmdline").read_bytes().split(b"\0")
            ours = b"config.celery" in words or b"config.wsgi" in words
            if ours and mark in (process / "environ").read_bytes().split(b"\0"):
                os.kill(int(process.name), signal.SIGKILL)


def stop_all(children: Sequence[Child], seconds: float = 10) -> None:
    """Ask the leaders, wait a while, then end whatever is left of their groups."""
    stop_listening()
    begun = [child for child in children if child.process is not None]
    for child in begun:
        if child.process:
            child.process.terminate()  # the leader alone: it knows how to end its own workers
    until = time.monotonic() + seconds
    for child in begun:
        if child.process:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.0, until - time.monotonic()))
            child.signal(signal.SIGKILL)
            child.process.wait()
