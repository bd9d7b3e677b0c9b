"""The night of a group: what a day leaves to be done by itself, once, in one transaction.

Penalties that arose and interest that fell due, holds that have run out, savings interest when a month is over, and the
portfolio as the day left it. All of it is derived from facts, so a night that runs late, twice, or for three days at
once ends in the same books.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from ledger import context
from ledger import services as ledger
from ledger.commands import Answer, fingerprint, key_for, perform
from loans import applications, booking, facts, portfolio
from loans.models import Loan, Night, Snapshot
from savings import services as savings

ONE_DAY = timedelta(days=1)
MOST_SNAPSHOTS = 400
"""How many missed days get a snapshot of their own."""

Part = Callable[[UUID, date], int]
"""What an app above has to book by itself in a group up to a day, the book locked; gives how many entries that were."""

_parts: list[Part] = []


def register(part: Part) -> None:
    """Have `part` done in every night. Once, in `AppConfig.ready`."""
    if part not in _parts:
        _parts.append(part)


def run_day(group_id: UUID, day: date, *, limits: context.Limits = context.WORKER) -> dict[str, Any]:
    """Do a group's nights up to that of `day`, once: what was done, as figures. Opens its own transaction, or takes
    part in the open one of the same group."""
    answer = perform(
        group_id=group_id,
        key=key_for("night", group_id, day),
        actor_id=None,
        fingerprint=fingerprint("NIGHT", str(day), None, None),
        act=lambda: Answer(200, _live(group_id, day)),
        limits=limits,
    )
    return answer.body


def before_closing(group_id: UUID, last: date) -> None:
    """A month closes with its nights done. A group that never had one has nothing to catch up with but this."""
    run_day(group_id, last)


def _live(group_id: UUID, day: date) -> dict[str, Any]:
    ledger.lock_book(group_id)
    night = Night.objects.filter(group_id=group_id).first()
    if night is not None and night.through >= day:
        return {"day": day.isoformat(), "loans": 0, "entries": 0, "expired": 0, "savings": 0}
    expired = applications.expire_reservations(group_id, day + ONE_DAY)
    moved, entries = _loans(group_id, day)
    entries += sum(part(group_id, day) for part in _parts)
    credited = savings.credit_interest_due(group_id, through=day)
    first = day if night is None else max(night.through + ONE_DAY, day - MOST_SNAPSHOTS * ONE_DAY)
    _snapshots(group_id, first, day)
    Night.objects.bulk_create(
        [Night(group_id=group_id, through=day)],
        update_conflicts=True,
        unique_fields=["group_id"],
        update_fields=["through"],
    )
    return {
        "day": day.isoformat(),
        "loans": moved,
        "entries": entries,
        "expired": expired,
        "savings": len(credited),
    }


def _loans(group_id: UUID, day: date) -> tuple[int, int]:
    """Book what moved by itself on the loans that say something does."""
    moving = Loan.objects.filter(group_id=group_id, status__in=["active", "paid_off"], next_on__lte=day)
    loans = list(moving.order_by("id"))
    if not loans:
        return 0, 0
    ground = facts.ground(group_id)
    known = facts.read(group_id, loans, ground.days)
    derived = [(loan, booking.lived(loan, known[loan.id], max(day, loan.derived_through or day))) for loan in loans]
    posted = booking.book(group_id, derived, ground)
    return len(loans), len(posted)


def _snapshots(group_id: UUID, first: date, last: date) -> None:
    days = [first + number * ONE_DAY for number in range((last - first).days + 1)]
    made = []
    for day in days:
        figures = portfolio.figures(group_id, as_of=day)
        made.append(
            Snapshot(
                group_id=group_id,
                day=day,
                loans=figures.loans,
                outstanding=figures.outstanding,
                arrears_principal=figures.arrears_principal,
                arrears_interest=figures.arrears_interest,
                par=[figures.par[days] for days in (1, 30, 60, 90)],
            )
        )
    Snapshot.objects.bulk_create(made, ignore_conflicts=True)
