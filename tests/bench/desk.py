"""The pages that are opened most, the treasurer's first page and the member's own, with a thousand groups of 25 women
in the database: how long nineteen of twenty take, from four clients at once.

Two web processes of four threads as `./run` starts them, on the same two cores as PostgreSQL and the clients. Every
client is signed in with a session of her own and reads the whole page; nothing is cached between two of them. The floor
is `/healthz`, which asks nothing of anybody, from the same four clients just before.
"""

import http.client
import multiprocessing
import time
from collections.abc import Iterator, Sequence
from datetime import date
from importlib import import_module
from multiprocessing.connection import Connection
from statistics import quantiles
from typing import Any
from uuid import UUID

from tests.bench.figures import Figure

CLIENTS, WOMEN, LOANS, MONTHS = 4, 25, 10, 12
MOST = 80.0


def measure(small: bool) -> Iterator[Figure]:
    """The 95th percentile of each page's answers, in milliseconds, and how many came a second."""
    from tests.bench.place import as_owner
    from tests.bench.site import site
    from tests.browser.site import collected, environment_here
    from tests.door import somebody

    crowd = somebody("crowd", opens_groups=True)
    for _ in range(6 if small else 1_000 - CLIENTS):
        _group(crowd)
    desks = [_desk(number) for number in range(CLIENTS)]
    as_owner("vacuum analyze")
    pages = collected(environment_here())
    with site(STATIC_ROOT=pages["STATIC_ROOT"]) as port:
        pages_asked = {
            "an empty answer (the floor)": [("/healthz", desk[0][1]) for desk in desks],
            "treasurer's first page": [desk[0] for desk in desks],
            "member's own page": [desk[1] for desk in desks],
        }
        floor = 0.0
        for page, asked in pages_asked.items():
            took = _asked(port, asked, seconds=1.0 if small else 10.0)
            spread = quantiles(took, n=20)
            seconds = sum(took) / CLIENTS / 1000
            note = f"{len(took):,} answers, {len(took) / seconds:,.0f} a second, half within {spread[9]:.0f} ms"
            aim = MOST if floor else None
            note += f", {spread[9] / floor:.1f} times the floor's" if floor else ""
            floor = floor or spread[9]
            yield Figure(f"{page}, 95 of 100 within", spread[18], "ms", most=aim, note=note)


def _group(treasurer: Any) -> tuple[UUID, list[UUID]]:
    """A group of 25 with ten loans; who has joined later has a number of her own and nothing yet."""
    from ledger.context import COMMAND, in_book
    from members.models import Member, Membership, Person
    from tests.bench.granary import group_with_loans

    group_id, _ = group_with_loans(treasurer, [date(2026, 2, 10)] * LOANS, accrues=False)

    def join() -> list[UUID]:
        people = [Person(group_id=group_id, name=f"Siti {number}") for number in range(2, WOMEN + 1)]
        Person.objects.bulk_create(people)
        women = [
            Member(group_id=group_id, person_id=person.id, number=str(number))
            for number, person in enumerate(people, start=2)
        ]
        Member.objects.bulk_create(women)
        Membership.objects.bulk_create(
            Membership(group_id=group_id, member_id=one.id, joined_on=date(2026, 1, 2)) for one in women
        )
        return [one.id for one in women]

    return group_id, in_book(group_id, None, join, limits=COMMAND)


def _desk(number: int) -> tuple[tuple[str, str], tuple[str, str]]:
    """Page and cookie of a treasurer, and of one of her members who has saved for a year and owes two loans."""
    from django.urls import reverse

    from ledger.context import COMMAND, in_book
    from loans.models import Loan
    from members.models import Seat
    from savings import services as saving
    from tests.bench.granary import does
    from tests.door import somebody

    treasurer, woman = somebody(f"desk{number}", opens_groups=True), somebody(f"woman{number}")
    group_id, women = _group(treasurer)

    def save() -> None:
        for month in range(1, MONTHS - 1):
            for one in women:
                saving.deposit(
                    group_id, member_id=one, product="wajib", amount=20_000, effective_on=date(2026, month, 5)
                )

    does(group_id, save)

    def owe() -> None:
        hers = Loan.objects.filter(group_id=group_id).values_list("id", flat=True)[:2]
        Loan.objects.filter(group_id=group_id, id__in=list(hers)).update(member_id=women[0])
        Seat.objects.create(user=woman, group_id=group_id, member_id=women[0])

    in_book(group_id, None, owe, limits=COMMAND)
    first, own = (reverse(name, kwargs={"group_id": group_id}) for name in ("p:home", "p:me"))
    return (first, signed_in(treasurer)), (own, signed_in(woman))


def signed_in(user: Any) -> str:
    """The cookie of a new session of hers, as after a password and an app's code."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from members import sessions
    from members.models import Session

    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[sessions.WAY] = Session.Way.TOTP
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def _asked(port: int, pages: Sequence[tuple[str, str]], *, seconds: float) -> list[float]:
    """Milliseconds of every answer, from one process a page."""
    spawn = multiprocessing.get_context("spawn")
    pipes, processes = [], []
    for path, cookie in pages:
        ours, theirs = spawn.Pipe()
        process = spawn.Process(target=client, args=(theirs, port, path, cookie, seconds), daemon=True)
        process.start()
        theirs.close()
        pipes.append(ours)
        processes.append(process)
    for pipe in pipes:
        pipe.recv()
    for pipe in pipes:
        pipe.send("go")
    took = [one for pipe in pipes for one in pipe.recv()]
    for process in processes:
        process.join()
    return took


def client(pipe: Connection, port: int, path: str, cookie: str, seconds: float) -> None:
    """One browser that opens one page again and again, compressed as browsers ask for it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def ask() -> float:
        begun = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": cookie, "Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {answer.getheader('Location')}")
        return (time.perf_counter() - begun) * 1000

    for _ in range(5):
        ask()
    pipe.send("ready")
    pipe.recv()
    until, took = time.perf_counter() + seconds, []
    while time.perf_counter() < until:
        took.append(ask())
    pipe.send(took)
