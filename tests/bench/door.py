"""Requests over HTTP: a journal entry of two lines against an authenticated request that does nothing, from the same
clients in turns; and whether the time of an answer tells who exists.

Four clients, each a process with one open connection; two web processes of four threads, as `./run` starts them, on
the same cores as PostgreSQL and the clients. Each client has a group of its own.
"""

import http.client
import json
import multiprocessing
import random
import time
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection
from statistics import mean, median
from typing import Any

from ledger.ids import uuid7
from tests.bench.figures import Figure
from tests.bench.worker import obey

ROUNDS = 3
CLIENTS = 4


def measure(small: bool) -> Iterator[Figure]:
    """Requests a second, and their ratio."""
    from tests.bench.site import site
    from tests.door import Kelompok

    groups = [Kelompok.opened(f"bench{number}") for number in range(CLIENTS)]
    told = [(group.budi.token, str(group.id)) for group in groups]
    seconds = 1.0 if small else 6.0
    with site() as port:
        pipes, processes = _clients(port, told)
        for which in ("nothing", "journal"):
            _run(pipes, which, 1.0)
        turns = [(_run(pipes, "nothing", seconds), _run(pipes, "journal", seconds)) for _ in range(ROUNDS)]
        for pipe in pipes:
            pipe.close()
        for process in processes:
            process.join()
    nothing, journal = (median(turn[side] for turn in turns) for side in (0, 1))
    yield Figure("door, nothing, 4 clients", nothing, "requests/s")
    yield Figure("door, journal of two lines, 4 clients", journal, "requests/s")
    ratio = median(ours / least for least, ours in turns)
    yield Figure("door, journal against nothing", ratio, "of the floor", least=0.5)


def _clients(port: int, told: Sequence[tuple[str | None, str]]) -> tuple[list[Connection], list[Any]]:
    spawn = multiprocessing.get_context("spawn")
    pipes, processes = [], []
    for token, group_id in told:
        ours, theirs = spawn.Pipe()
        process = spawn.Process(target=client, args=(theirs, port, token, group_id), daemon=True)
        process.start()
        theirs.close()
        pipes.append(ours)
        processes.append(process)
    for pipe in pipes:
        pipe.recv()
    return pipes, processes


def _run(pipes: Sequence[Connection], which: str, seconds: float) -> float:
    start = time.time() + 0.1
    for pipe in pipes:
        pipe.send((which, start, seconds))
    return float(sum(pipe.recv() for pipe in pipes) / seconds)


def client(pipe: Connection, port: int, token: str, group_id: str) -> None:
    """One client: does what the pipe says, until it is closed."""
    line = Line(port, token)
    journal = {
        "effective_on": "2026-03-05",
        "memo": "Iuran",
        "postings": [{"account": "1-1010", "debit": 10_000}, {"account": "4-1040", "credit": 10_000}],
    }
    body = json.dumps(journal).encode()
    acts = {
        "nothing": lambda: line.ask("GET", "/api/v1/nothing", expected=204),
        "journal": lambda: line.ask(
            "POST", f"/api/v1/groups/{group_id}/ledger/entries", body, expected=201, **{"Idempotency-Key": str(uuid7())}
        ),
    }
    obey(pipe, acts)


class Line:
    """One kept connection; gives the seconds an answer took."""

    def __init__(self, port: int, token: str | None) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})

    def ask(self, method: str, path: str, body: bytes | None = None, *, expected: int, **headers: str) -> float:
        """Raises RuntimeError for another status than `expected`."""
        begun = time.perf_counter()
        self.connection.request(method, path, body, self.headers | headers)
        answer = self.connection.getresponse()
        content = answer.read()
        took = time.perf_counter() - begun
        if answer.status != expected:
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:300]!r}")
        return took


def measure_timing(small: bool) -> Iterator[Figure]:
    """Whether the time of an answer tells who exists: means over pairs in turns, in milliseconds."""
    from django.contrib.auth.hashers import make_password

    from members.models import User
    from tests.bench.site import site
    from tests.door import Kelompok

    tries = 20 if small else 2_000
    known = [f"known{number}" for number in range(tries)]
    hashed = make_password("the same for all of them")
    User.objects.bulk_create(User(username=name, password=hashed) for name in known)
    group = Kelompok.opened("timing")
    dewi, other = group.phones["dewi"], group.members["sari"]
    with site(FAILED_LOGINS="") as port:
        stranger, member = Line(port, None), Line(port, dewi.token)

        def login(username: str) -> float:
            body = json.dumps({"username": username, "password": "wrong wrong wrong"}).encode()
            return stranger.ask("POST", "/api/v1/auth/tokens", body, expected=401)

        def looks(path: str, expected: int) -> float:
            return member.ask("GET", f"/api/v1/groups/{group.id}/{path}", expected=expected)

        yield _difference("login, known against unknown name", login, known, [f"nobody{n}" for n in range(tries)])
        yield _difference(
            "another member's id against nobody's",
            lambda path: looks(path, 404),
            [f"members/{other}"] * tries,
            [f"members/{uuid7()}" for _ in range(tries)],
        )
        yield _difference(
            "another member's number against nobody's",
            lambda path: looks(path, 200),
            ["members?search=2"] * tries,
            ["members?search=9999"] * tries,
        )


def _difference(name: str, ask: Any, here: Sequence[str], nowhere: Sequence[str]) -> Figure:
    pairs: list[tuple[float, float]] = []
    for one, other in zip(here, nowhere, strict=True):
        if random.random() < 0.5:
            pairs.append((ask(one), ask(other)))
        else:
            later = ask(other)
            pairs.append((ask(one), later))
    first, second = (mean(pair[side] for pair in pairs) * 1000 for side in (0, 1))
    note = f"{len(pairs)} pairs, {first:.2f} and {second:.2f} ms"
    return Figure(f"timing, {name}", abs(first - second), "ms", most=5.0, note=note)
