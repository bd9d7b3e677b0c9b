"""What capital undoes when an entry of its own is taken back: before the mirror it is asked whether that may be, after
it the facility's lines are mirrored and what followed is derived anew."""

from datetime import date
from uuid import UUID

from django.db.models import Sum

from capital import booking, queries, services
from capital.errors import Derived, MoneyIsLent
from capital.models import Drawdown, Facility, Grant, Line, Payment
from ledger import queries as books
from ledger import reversal
from ledger import services as ledger
from ledger.entries import Posted
from ledger.errors import LaterEntries
from ledger.models import Entry
from loans import facts
from loans.errors import DayOfOriginal


def register() -> None:
    """Make capital the owner of the entries it posts."""
    reversal.register(services.DRAWDOWN, undo_drawdown)
    reversal.register(services.GRANT, undo_grant)
    reversal.register(booking.PAYMENT, undo_payment)
    reversal.register(booking.ACCRUAL, refuse)
    reversal.register(booking.REALLOCATION, refuse)


def refuse(entry: Entry, day: date) -> None:
    """What follows from schedule and money cannot be taken back by itself."""
    raise Derived()


def undo_drawdown(entry: Entry, day: date) -> reversal.Finish:
    """Nothing was drawn: its schedule asks nothing more. Refused while a payment pays of it, or loans are funded with
    it."""
    group_id = entry.group_id
    drawn = Drawdown.objects.select_related("facility").get(group_id=group_id, entry_id=entry.id)
    facility = drawn.facility
    _same_day(entry, day)
    paid = Line.objects.filter(group_id=group_id, drawdown_id=drawn.id).exclude(payment=None)
    by_payment = paid.values("payment_id").annotate(total=Sum("amount")).exclude(total=0)
    paying = Payment.objects.filter(group_id=group_id, id__in=[one["payment_id"] for one in by_payment])
    if followed := list(paying.values_list("entry_id", flat=True)):
        _later(entry, followed)
    left = queries.drawn(group_id, facility.id) - drawn.amount
    funded = queries.funded(group_id, facility.id)
    if funded > left:
        raise MoneyIsLent(facility=facility.number, funded=funded, drawn=left)

    def finish(mirror: Posted) -> None:
        Drawdown.objects.filter(group_id=group_id, id=drawn.id).update(reversed_by=mirror.id)
        _rebook(facility, mirror.effective_on)

    return finish


def undo_payment(entry: Entry, day: date) -> reversal.Finish:
    """Nothing was paid: what it paid is owed again, and later payments pay that first."""
    payment = Payment.objects.select_related("facility").get(group_id=entry.group_id, entry_id=entry.id)
    _same_day(entry, day)

    def finish(mirror: Posted) -> None:
        Payment.objects.filter(group_id=entry.group_id, id=payment.id).update(reversed_by=mirror.id)
        booking.mirrored_lines(entry.group_id, entry.id, mirror)
        _rebook(payment.facility, mirror.effective_on)

    return finish


def undo_grant(entry: Entry, day: date) -> reversal.Finish:
    """Nothing was given."""

    def finish(mirror: Posted) -> None:
        Grant.objects.filter(group_id=entry.group_id, entry_id=entry.id).update(reversed_by=mirror.id)

    return finish


def _rebook(facility: Facility, on: date) -> None:
    booking.rebook(facility.group_id, facility, facts.ground(facility.group_id), on)


def _same_day(entry: Entry, day: date) -> None:
    """What is derived has the original's day, so its mirror must have it too, or the first open one."""
    first = ledger.first_open_day(books.book(entry.group_id))
    expected = max(entry.effective_on, first or entry.effective_on)
    if day != expected:
        raise DayOfOriginal(day=expected)


def _later(entry: Entry, entry_ids: list[UUID]) -> None:
    later = sorted(books.entries(entry.group_id).filter(id__in=entry_ids).values_list("seq", "id"))
    raise LaterEntries(seq=entry.seq, later=", ".join(str(seq) for seq, _ in later), entry_ids=[id for _, id in later])
