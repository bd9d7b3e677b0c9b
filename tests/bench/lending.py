"""Loans and savings: a repayment over HTTP, the night of many groups, the portfolio of a large one, a long balance."""

import json
import time
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from multiprocessing.connection import Connection
from statistics import median
from typing import Any
from uuid import UUID

from ledger.ids import uuid7
from tests.bench.figures import Figure
from tests.bench.worker import obey

CLIENTS, ROUNDS = 4, 3
NIGHT = date(2026, 5, 15)


def measure_repayments(small: bool) -> Iterator[Figure]:
    """Repayments a second, each of another loan in turn, against requests that do nothing; four clients."""
    import multiprocessing

    from members.models import Seat
    from tests.bench.door import _run
    from tests.bench.granary import group_with_loans
    from tests.bench.site import site
    from tests.door import signs_in, somebody

    told = []
    for number in range(CLIENTS):
        treasurer = somebody(f"repays{number}", opens_groups=True)
        group_id, loans = group_with_loans(treasurer, [date(2026, 2, 10)] * (50 if small else 400), accrues=False)
        assert Seat.objects.filter(user=treasurer, group_id=group_id).exists()
        told.append((signs_in(treasurer).token, str(group_id), [str(loan) for loan in loans]))
    seconds = 1.0 if small else 6.0
    spawn = multiprocessing.get_context("spawn")
    with site() as port:
        pipes: list[Connection] = []
        processes = []
        for token, group, loan_ids in told:
            ours, theirs = spawn.Pipe()
            process = spawn.Process(target=client, args=(theirs, port, token, group, loan_ids), daemon=True)
            process.start()
            theirs.close()
            pipes.append(ours)
            processes.append(process)
        for pipe in pipes:
            pipe.recv()
        for which in ("nothing", "repayment"):
            _run(pipes, which, 1.0)
        turns = [(_run(pipes, "nothing", seconds), _run(pipes, "repayment", seconds)) for _ in range(ROUNDS)]
        for pipe in pipes:
            pipe.close()
        for process in processes:
            process.join()
    nothing, repayment = (median(turn[side] for turn in turns) for side in (0, 1))
    yield Figure("repayments, nothing, 4 clients", nothing, "requests/s")
    yield Figure("repayments, one over HTTP, 4 clients", repayment, "requests/s")
    ratio = median(ours / least for least, ours in turns)
    yield Figure("repayments, against nothing", ratio, "of the floor", least=0.4)


def client(pipe: Connection, port: int, token: str, group_id: str, loans: Sequence[str]) -> None:
    """One treasurer: takes an instalment of each loan in turn, the first of all, then the second."""
    from tests.bench.door import Line

    line, place = Line(port, token), iter(range(10**9))

    def repay() -> float:
        number = next(place)
        on = date(2026, 3 + number // len(loans), 10)
        body = json.dumps({"amount": 124_000, "paid_on": on.isoformat()}).encode()
        path = f"/api/v1/groups/{group_id}/loans/{loans[number % len(loans)]}/repayments"
        return line.ask("POST", path, body, expected=201, **{"Idempotency-Key": str(uuid7())})

    obey(pipe, {"nothing": lambda: line.ask("GET", "/api/v1/nothing", expected=204), "repayment": repay})


def measure_night(small: bool) -> Iterator[Figure]:
    """One night of groups of a hundred loans, in one process, a transaction a group, as the jobs do it.

    A usual day: under accrual three or four loans of a hundred have an instalment that falls due, eight are late and
    their daily penalty begins, the rest do nothing. A meeting day: something falls due on every loan. Both with the
    snapshot of the portfolio, savings interest looked for, holds that have run out looked for.
    """
    usual = [date(2026, 3, 1)] * 8 + [date(2026, 4, 15) + timedelta(days=number % 30) for number in range(92)]
    meeting = [date(2026, 4, 15)] * 100
    few, many = (2, 20) if small else (100, 1_000)
    seconds: dict[int, float] = {}
    for count in (few, many):
        seconds[count] = _night(count, usual, late=8)
        yield Figure(
            f"night, {count * 100:,} loans in {count:,} groups, a usual day",
            seconds[count],
            "s",
            most=None if count == few or small else 120.0,
        )
    growth = (seconds[many] / many) / (seconds[few] / few)
    yield Figure("night, time of a loan among many against among few", growth, "times", most=1.2)
    yield Figure(f"night, {few * 100:,} loans, all due on the meeting's day", _night(few, meeting), "s")


def _night(count: int, days: list[date], *, late: int = 0) -> float:
    from ledger.context import COMMAND
    from loans import night
    from tests.bench.granary import group_with_loans
    from tests.bench.place import as_owner
    from tests.door import somebody

    treasurer = somebody(f"night{uuid7().hex[-10:]}", opens_groups=True)
    groups = [group_with_loans(treasurer, days, late=late)[0] for _ in range(count)]
    as_owner("vacuum analyze")
    begun = time.perf_counter()
    for group_id in groups:
        night.run_day(group_id, NIGHT, limits=COMMAND)
    return time.perf_counter() - begun


def measure_portfolio(small: bool) -> Iterator[Figure]:
    """The portfolio of a group of a thousand loans of twelve instalments, three of each paid, as its page asks, among
    others of a hundred; often enough that the database has ceased to plan it for this group."""
    from loans import portfolio, queries, services
    from members import queries as members
    from tests.bench.granary import does, group_with_loans
    from tests.bench.place import as_owner
    from tests.door import somebody

    treasurer = somebody("portfolio", opens_groups=True)
    for _ in range(2 if small else 1_200):
        group_with_loans(treasurer, [date(2026, 2, 10)] * 100, accrues=False)
    group_id, loans = group_with_loans(treasurer, [date(2026, 2, 10)] * (50 if small else 1_000), accrues=False)

    def pay(month: int) -> None:
        group = members.group(group_id)
        for id in loans:
            services.post_repayment(group, queries.loan(group_id, id), amount=124_000, paid_on=date(2026, month, 10))

    for month in (3, 4, 5):
        does(group_id, lambda month=month: pay(month))
    as_owner("vacuum analyze")
    from ledger.context import in_book

    def asked() -> float:
        begun = time.perf_counter()
        in_book(group_id, None, lambda: portfolio.portfolio(members.group(group_id), as_of=date(2026, 8, 20)))
        return (time.perf_counter() - begun) * 1000

    for _ in range(6):
        asked()
    yield Figure("portfolio of 1,000 loans among 120,000", median(asked() for _ in range(11)), "ms", most=50.0)


def measure_balance(small: bool) -> Iterator[Figure]:
    """What a member has saved and owes, after ten years of saving and ten loans; the service alone."""
    from ledger.context import in_book
    from loans import queries
    from members import queries as members
    from savings import queries as savings
    from savings import services as saving
    from tests.bench.granary import does, group_with_loans
    from tests.bench.place import as_owner
    from tests.door import somebody

    treasurer = somebody("balance", opens_groups=True)
    group_id, _ = group_with_loans(treasurer, [date(2026, 2, 10)] * 2, accrues=False)
    member_id: UUID = in_book(group_id, None, lambda: members.members(group_id).get().id)
    years = 1 if small else 10

    def joined_early() -> None:
        from members.models import Membership

        Membership.objects.filter(group_id=group_id).update(joined_on=date(2016, 1, 2))

    def save() -> None:
        for month in range(12 * years):
            on = date(2016 + month // 12, month % 12 + 1, 5)
            for product, amount in (("wajib", 10_000), ("sukarela", 25_000)):
                saving.deposit(group_id, member_id=member_id, product=product, amount=amount, effective_on=on)

    does(group_id, joined_early)
    does(group_id, save)
    as_owner("vacuum analyze")

    def asked() -> float:
        def ask() -> Any:
            group = members.group(group_id)
            as_of = date(2026, 4, 1)
            return savings.savings_of(group_id, member_id, as_of), queries.owed_by(group, member_id, as_of=as_of)

        begun = time.perf_counter()
        in_book(group_id, None, ask)
        return (time.perf_counter() - begun) * 1000

    asked()
    yield Figure("balance after 10 years, 2 loans running", median(asked() for _ in range(21)), "ms", most=5.0)
