"""Processes of their own for the tests of faults: clerks who post, a beat in a hurry, and a wire that can be cut.

A child is started afresh, never forked, so that it inherits no connection. It says what it did in a file, line by line
as it happens: what stands there stands although the process was killed.
"""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

import psycopg
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from ledger import jobs, services
from ledger.commands import Answer, fingerprint, perform
from ledger.context import Limits, in_book
from ledger.errors import DomainError
from ledger.ids import uuid7
from ledger.models import Job
from ledger.money import JournalLine
from tests.cast import BUDI, day

ROOT = Path(__file__).resolve().parent.parent
PATIENT = Limits(60, 60, 60)
# The kernel speaks to psycopg below Django's wrappers, so a lost connection comes in both their tongues.
LOST = (DatabaseError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
Note = dict[str, Any]


def environment(database: str) -> dict[str, str]:
    """The environment of a child that works in another database of this server, as the same three roles."""
    env = dict(os.environ)
    for alias, variable in (
        ("default", "DATABASE_URL"),
        ("owner", "DATABASE_OWNER_URL"),
        ("reader", "DATABASE_READER_URL"),
    ):
        own = {name: str(value) for name, value in settings.DATABASES[alias].items()}
        host, folder = ("", f"/{own['HOST']}") if str(own["HOST"]).startswith("/") else (own["HOST"], "")
        port = f":{own['PORT']}" if own["PORT"] else ""
        env[variable] = (
            f"postgres://{quote(own['USER'])}:{quote(own['PASSWORD'], safe='')}@{host}{port}{folder}/{database}"
        )
    return env | {
        "DATABASE_APP_ROLE": settings.APP_ROLE,
        "DATABASE_READER_ROLE": settings.READER_ROLE,
        "SECRET_KEY": settings.SECRET_KEY,
    }


class Child:
    """A process in a group of its own; what it writes is in `log`."""

    def __init__(self, command: list[str], env: dict[str, str], log: Path) -> None:
        self.log = log
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                command, env=env, cwd=ROOT, stdin=subprocess.PIPE, stdout=out, stderr=out, start_new_session=True
            )

    def kill(self) -> None:
        """SIGKILL to the process and all it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._hang_up()

    def _hang_up(self) -> None:
        with contextlib.suppress(OSError):
            if self.process.stdin:
                self.process.stdin.close()


def run_here(function: str, *arguments: str) -> list[str]:
    """The command line that runs one function of this module in a fresh Python with Django set up."""
    start = (
        f"import django; django.setup(); from tests import processes; processes.{function}(*__import__('sys').argv[1:])"
    )
    return [sys.executable, "-c", start, *arguments]


class Clerk(Child):
    """A child that posts what it is told, several things at once, and notes every answer."""

    def __init__(self, folder: Path, env: dict[str, str], *, lanes: int = 1) -> None:
        name = uuid7().hex
        self.notes = folder / f"{name}.notes"
        self.notes.touch()
        env = env | {"DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_POOL_SIZE": str(lanes)}
        super().__init__(run_here("clerk", str(self.notes), str(lanes)), env, folder / f"{name}.log")

    def told(self, *orders: Note) -> None:
        """One bundle of orders; those of a bundle are done side by side."""
        assert self.process.stdin
        self.process.stdin.write(json.dumps(orders, default=str).encode() + b"\n")
        self.process.stdin.flush()

    def noted(self, what: str) -> list[Note]:
        """The notes of one kind, so far. A line that a kill cut off was not said."""
        whole = self.notes.read_text().rpartition("\n")[0].splitlines()
        return [note for note in map(json.loads, whole) if note["note"] == what]

    def hears(self, what: str, count: int, seconds: float = 60) -> list[Note]:
        """Wait until so many notes of one kind are there."""
        until(
            lambda: len(self.noted(what)) >= count, seconds, lambda: f"{what} x {count}: {self.log.read_text()[-2000:]}"
        )
        return self.noted(what)

    def finish(self, seconds: float = 60) -> None:
        """No more orders: let it do the last ones, close its connections and end."""
        self._hang_up()
        assert self.process.wait(seconds) == 0, self.log.read_text()[-2000:]


@contextmanager
def clerks(number: int, folder: Path, env: dict[str, str], *, lanes: int = 1) -> Iterator[list[Clerk]]:
    """So many clerks, ready at their desks; none outlives the block."""
    crew = [Clerk(folder, env, lanes=lanes) for _ in range(number)]
    try:
        for one in crew:
            one.hears("ready", 1)
        yield crew
    finally:
        for one in crew:
            one.kill()


def order(group_id: UUID, *posts: tuple[str, str, int], key: UUID | None = None, on: str = "2026-03-05") -> Note:
    """One command: journal entries of two lines each (debited, credited, amount) in one transaction."""
    return {"group": group_id, "actor": BUDI, "key": key or uuid7(), "posts": posts, "on": on}


def clerk(notes: str, lanes: str) -> None:
    """The child behind `Clerk`: a bundle of orders a line on stdin, until it is closed."""
    out = os.open(notes, os.O_WRONLY | os.O_APPEND)

    def note(what: str, **facts: Any) -> None:
        os.write(out, json.dumps({"note": what, **facts}, default=str).encode() + b"\n")

    def do(told: Note) -> None:
        note("sent", key=told["key"])
        for attempt in range(1, 1 + told.get("tries", 1)):
            try:
                answer = post(told)
                note("acked", key=told["key"], body=answer.body, replayed=answer.replayed, attempt=attempt)
                return
            except DomainError as refused:
                note("refused", key=told["key"], why=type(refused).__name__)
                return
            except Exception as error:
                if not isinstance(error, LOST):
                    note("failed", key=told["key"], why=f"{type(error).__name__}: {error}")
                    raise
                connection.close()
                if attempt == told.get("tries", 1):
                    note("failed", key=told["key"], why=f"{type(error).__name__}: {error}")
                    return
                time.sleep(0.05)

    def keep_on(told: Note) -> None:
        """The same order under ever new keys."""
        while not ended.is_set():
            do(told | {"key": str(uuid7())})

    ended = threading.Event()
    with ThreadPoolExecutor(int(lanes)) as pool:
        # Open a connection in every lane first, so that the lanes start together.
        gate = threading.Barrier(int(lanes))
        list(pool.map(lambda _: connection.ensure_connection() or gate.wait(), range(int(lanes))))  # type: ignore[func-returns-value]
        note("ready")
        work = []
        for line in sys.stdin:
            work += [pool.submit(keep_on if told.get("on and on") else do, told) for told in json.loads(line)]
        ended.set()
        for one in work:
            one.result()


def post(told: Note) -> Answer:
    """One order as one command."""
    group_id, actor = UUID(told["group"]), UUID(told["actor"])
    if "opens" in told:
        in_book(group_id, actor, lambda: services.open_book(group_id))
        return Answer(201, {})

    def act() -> Answer:
        posted = [
            services.post_journal(
                group_id,
                effective_on=day(told["on"]),
                memo="contoh",
                postings=[JournalLine(debited, debit=amount), JournalLine(credited, credit=amount)],
            )
            for debited, credited, amount in told["posts"]
        ]
        return Answer(201, {"entry_ids": [str(one.id) for one in posted], "seq": posted[-1].seq})

    mark, key = fingerprint("TEST", "/", actor, told["posts"]), UUID(told["key"])
    return perform(group_id=group_id, key=key, actor_id=actor, fingerprint=mark, act=act, limits=PATIENT)


def papers(notes: Path, dies: str = "never") -> None:
    """Register the work "paper": something is made before the transaction, then booked in it. The process can be killed
    while it is `made`, or once it is `booked` and not committed."""

    def note(what: str) -> None:
        with notes.open("a") as out:
            out.write(f"{what}\n")
        if what == dies:
            os.kill(os.getpid(), signal.SIGKILL)

    def make(job: Job) -> int:
        note("made")
        return int(job.arguments["amount"])

    @jobs.work("paper", before=make)
    def book(job: Job, amount: int) -> dict[str, Any]:
        assert job.group_id
        told = {"group": str(job.group_id), "actor": str(BUDI), "key": str(uuid7()), "on": "2026-03-05"}
        answer = post(told | {"posts": [("1-1010", "3-1030", amount)]})
        note("booked")
        return {"seq": answer.body["seq"]}


def dying_worker(notes: str, job_id: str, dies: str) -> None:
    """A worker that takes one job of `papers` and is killed over it."""
    papers(Path(notes), dies)
    jobs.run(UUID(job_id))


def beat(seconds: str, name: str) -> None:
    """The real beat with one entry of its schedule, due every so many seconds."""
    from config.celery import app

    app.conf.beat_schedule = {name: app.conf.beat_schedule[name] | {"schedule": float(seconds)}}
    app.Beat(loglevel="INFO").run()


def until(true: Callable[[], Any], seconds: float, what: Callable[[], str] = lambda: "it never came") -> Any:
    """Wait for it, and give what it gave."""
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end, what()
        time.sleep(0.02)
    return found


class Wire:
    """A TCP port that leads to another place (host and port, or a socket's path), until it is cut."""

    def __init__(self, *, host: str | None = None, port: int | None = None, path: str | None = None) -> None:
        self.target: Any = path or (host, port)
        self.port = 0
        self.whole = False
        self.lock = threading.Lock()
        self.open: set[socket.socket] = set()
        self.mend()

    def mend(self) -> None:
        """Listen (again), always on the same port."""
        self.listener = socket.create_server(("127.0.0.1", self.port), reuse_port=False)
        self.port = self.listener.getsockname()[1]
        self.whole = True
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def cut(self) -> None:
        """Refuse new connections and break the open ones."""
        self.whole = False
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        with self.lock:
            for one in self.open:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        with near, contextlib.suppress(OSError), self._reach() as far:
            with self.lock:
                if not self.whole:
                    return
                self.open |= {near, far}
            try:
                other = {near: far, far: near}
                while True:
                    for ready in select.select([near, far], [], [])[0]:
                        data = ready.recv(65536)
                        if not data:
                            return
                        other[ready].sendall(data)
            finally:
                with self.lock:
                    self.open -= {near, far}

    def _reach(self) -> socket.socket:
        if isinstance(self.target, str):
            far = socket.socket(socket.AF_UNIX)
            far.connect(self.target)
            return far
        return socket.create_connection(self.target)
