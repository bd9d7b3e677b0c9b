"""Five hundred statements issued by two worker processes, as `./run` has them: gathered, printed, sealed, kept and
recorded; how long it takes, and whether the workers' memory stays flat."""

import multiprocessing
import os
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from config.seal import ensure_seal
from ledger.context import COMMAND, in_book, outside_books
from ledger.ids import uuid7
from ledger.models import Job
from members import logins, queries, services
from reports import issuing
from savings import services as savings
from tests.bench import issuer
from tests.bench.figures import Figure
from tests.bench.granary import does

MEMBERS, SINCE, UNTIL = 25, date(2026, 1, 1), date(2026, 3, 31)
WORKERS = 2


def measure(small: bool) -> Iterator[Figure]:
    """Groups of 25 members with three deposits each; every statement is a member's, of a quarter."""
    count = 20 if small else 500
    with tempfile.TemporaryDirectory() as folder:
        told = {"STATEMENTS_DIR": folder, **ensure_seal(Path(folder))}
        os.environ.update(told)
        for name, value in told.items():
            setattr(settings, name, value)
        asked = [id for number in range(-(-count // MEMBERS)) for id in _group(min(MEMBERS, count - number * MEMBERS))]
        seconds, grown = _issued(asked)
        sizes = [path.stat().st_size for path in Path(folder).glob("*/*.sealed")]
    assert len(sizes) == count
    yield Figure(f"{count} statements by {WORKERS} workers", seconds, "s", most=None if small else 120)
    yield Figure("a worker's memory, second half against first", grown, "times", most=1.1)
    yield Figure("a statement's file", sum(sizes) / len(sizes) / 1024, "KB")


def _group(members: int) -> list[UUID]:
    """A group whose members have saved and whose statements are asked for; the jobs."""
    name = f"bendahara.{uuid7().hex[-12:]}"
    treasurer, _ = outside_books(None, lambda: logins.open_user(name, opens_groups=True), limits=COMMAND)
    group_id = uuid7()

    def open_it() -> Any:
        return services.open_group(
            group_id=group_id, creator=treasurer, today=SINCE, name="Bench", village="Blora", creator_name="Budi"
        )

    group = in_book(group_id, treasurer.id, open_it, limits=COMMAND)

    def fill() -> None:
        for number in range(members - 1):
            services.add_member(group_id, today=SINCE, name=f"Ibu {number}", joined_on=SINCE, personal={})
        for member in queries.members(group_id):
            for month in (1, 2, 3):
                savings.deposit(
                    group_id,
                    member_id=member.id,
                    product="sukarela",
                    amount=20_000,
                    effective_on=date(2026, month, 10),
                    channel="cash",
                )

    does(group_id, fill)

    def ask() -> list[UUID]:
        found = [
            issuing.ask_for(
                group,
                kind="member",
                subject_id=member.id,
                since=SINCE,
                until=UNTIL,
                today=date(2026, 4, 2),
                user_id=None,
            )
            for member in queries.members(group_id)
        ]
        return list(Job.objects.filter(key__in=[f"statement {one.id}" for one in found]).values_list("id", flat=True))

    jobs: list[UUID] = in_book(group_id, None, ask, limits=COMMAND)
    return jobs


def _issued(jobs: list[UUID]) -> tuple[float, float]:
    """Seconds until all are issued, and how the larger worker's memory grew from the first half to the second."""
    start = multiprocessing.get_context("spawn")
    pipes, children = [], []
    for number in range(WORKERS):
        ours, theirs = start.Pipe()
        child = start.Process(target=issuer.work, args=(theirs,), daemon=True)
        child.start()
        ours.send(jobs[number::WORKERS])
        pipes.append(ours)
        children.append(child)
    for pipe in pipes:
        assert pipe.recv() == "ready"
    begun = time.monotonic()
    for pipe in pipes:
        pipe.send("go")
    grown = max(second / first for first, second in (pipe.recv() for pipe in pipes))
    seconds = time.monotonic() - begun
    for child in children:
        child.join(30)
    return seconds, grown
