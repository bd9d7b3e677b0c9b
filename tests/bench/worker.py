"""A process that posts, with a Django and a connection of its own. Imports no model before Django is set up."""

import time
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection


def work(pipe: Connection) -> None:
    """Take the books from the pipe, then post on them as told."""
    import django

    django.setup()
    from tests.bench.singles import acts_of

    obey(pipe, acts_of(pipe.recv()))


def obey(pipe: Connection, acts: Mapping[str, Callable[[], object]]) -> None:
    """Do what the pipe says, until it is closed: (which act, when to start, seconds) in, how often it was done out."""
    pipe.send("ready")
    while True:
        try:
            which, start, seconds = pipe.recv()
        except EOFError:
            return
        act = acts[which]
        time.sleep(max(0.0, start - time.time()))
        until, count = time.perf_counter() + seconds, 0
        while time.perf_counter() < until:
            act()
            count += 1
        pipe.send(count)
