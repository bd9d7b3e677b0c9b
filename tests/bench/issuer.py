"""A worker that issues what it is told, as a process of its own; Django is set up when it begins."""

import os
from multiprocessing.connection import Connection
from pathlib import Path


def work(pipe: Connection) -> None:
    """A worker: the press is started with its first statement, as in `./run`."""
    import django

    django.setup()
    from ledger import jobs

    mine = pipe.recv()
    pipe.send("ready")
    pipe.recv()
    for id in mine[: len(mine) // 2]:
        jobs.run(id)
    first = _resident()
    for id in mine[len(mine) // 2 :]:
        jobs.run(id)
    pipe.send((first, _resident()))


def _resident() -> int:
    """KB of memory of this process and its press."""
    ours = [os.getpid(), *_children(os.getpid())]
    return sum(_kilobytes(pid) for pid in ours)


def _children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(one) for one in text.split()]


def _kilobytes(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
