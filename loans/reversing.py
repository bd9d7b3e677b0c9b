"""What loans undo when an entry of theirs is taken back: before the mirror it is asked whether that may be, after it
the loan's lines are mirrored and what followed is derived anew."""

from datetime import date, timedelta
from uuid import UUID

from ledger import queries as books
from ledger import reversal
from ledger import services as ledger
from ledger.entries import Posted
from ledger.errors import LaterEntries
from ledger.models import Entry
from loans import booking, facts, leaving, queries, recasting, services
from loans.errors import DayOfOriginal, Derived, LoanNotActive, NotWrittenOff
from loans.models import Charge, Loan, Recovery, Repayment, Version, WriteOff
from members import queries as members
from members import services as people
from savings import queries as savings


def register() -> None:
    """Make loans the owner of the entries they post."""
    reversal.register(booking.REPAYMENT, undo_repayment)
    reversal.register(services.DISBURSEMENT, undo_disbursement)
    reversal.register(booking.ACCRUAL, refuse)
    reversal.register(booking.REALLOCATION, refuse)
    reversal.register(recasting.WRITE_OFF, undo_write_off)
    reversal.register(recasting.RECOVERY, undo_recovery)
    reversal.register(recasting.CLAIM, undo_claim)
    reversal.register(queries.SETTLEMENT_ENTRY, undo_settlement)


def refuse(entry: Entry, day: date) -> None:
    """What follows from schedule and money cannot be taken back by itself."""
    raise Derived()


def undo_repayment(entry: Entry, day: date) -> reversal.Finish:
    """The money did not come: what it paid is unpaid again, and later money pays that first."""
    repayment = queries.repayment_of_entry(entry.group_id, entry.id)
    assert repayment is not None
    loan = repayment.loan
    _same_day(entry, day)
    if loan.status not in (Loan.Status.ACTIVE, Loan.Status.PAID_OFF):
        written_off = queries.write_off(entry.group_id, loan.id)
        if written_off is None or written_off.entry_id is None:
            raise LoanNotActive(loan=loan.number, status=loan.status)
        _later(entry, [written_off.entry_id])

    def finish(mirror: Posted) -> None:
        Repayment.objects.filter(group_id=entry.group_id, id=repayment.id).update(reversed_by=mirror.id)
        booking.mirrored_lines(entry.group_id, entry.id, mirror)
        _rebook(loan)

    return finish


def undo_disbursement(entry: Entry, day: date) -> reversal.Finish:
    """The loan was not paid out: it is approved as before and its cash is kept again. Refused while money that came for
    it, or a charge, stands."""
    group_id = entry.group_id
    loan = Loan.objects.get(group_id=group_id, disbursement_entry_id=entry.id)
    _same_day(entry, day)
    followed = list(queries.repayments(group_id, loan.id).filter(reversed_by=None).values_list("entry_id", flat=True))
    written_off = queries.write_off(group_id, loan.id)
    if written_off is not None and written_off.entry_id is not None:
        followed.append(written_off.entry_id)
    if followed:
        _later(entry, followed)
    versions = Version.objects.filter(group_id=group_id, loan_id=loan.id)
    begun = versions.filter(made_by="disbursement").latest("number")
    again = versions.filter(replaced=False).exclude(origin=begun.origin)
    if Charge.objects.filter(group_id=group_id, loan_id=loan.id).exists() or again.exists():
        raise LoanNotActive(loan=loan.number, status=loan.status)

    def finish(mirror: Posted) -> None:
        booking.book(group_id, [(loan, None)], facts.ground(group_id))
        versions.update(replaced=True)
        loan.principal = loan.requested
        loan.terms |= {"principal": loan.requested}
        group = members.group(group_id)
        free = {code: books.available(group_id, code) for code in ("1-1010", "1-1110")}
        account = next((code for code, amount in free.items() if amount >= loan.principal), None)
        loan.status, loan.disbursed_on, loan.disbursement_entry_id = Loan.Status.SUBMITTED, None, None
        loan.version, loan.derived_through, loan.next_on, loan.ended_on = 0, None, None, None
        if account is None:
            loan.round += 1
        else:
            ledger.hold(group_id, account=account, change=loan.principal)
            loan.status, loan.reserved_on = Loan.Status.APPROVED, account
            today = people.today_in(group, mirror.recorded_at)
            loan.reservation_expires_on = today + timedelta(days=group.reservation_days)
        loan.save()

    return finish


def undo_write_off(entry: Entry, day: date) -> reversal.Finish:
    """The loan stands in the books again. Refused while a recovery, or the waiver of its claim, stands."""
    group_id = entry.group_id
    written_off = WriteOff.objects.select_related("loan").get(group_id=group_id, entry_id=entry.id)
    loan = written_off.loan
    _same_day(entry, day)
    recovered = Recovery.objects.filter(group_id=group_id, loan_id=loan.id, reversed_by=None)
    later = list(recovered.values_list("entry_id", flat=True))
    waived = WriteOff.objects.filter(group_id=group_id, loan_id=loan.id, mode="claim", reversed_by=None)
    later += [one.entry_id for one in waived.exclude(id=written_off.id) if one.entry_id is not None]
    if later:
        _later(entry, later)

    def finish(mirror: Posted) -> None:
        WriteOff.objects.filter(group_id=group_id, id=written_off.id).update(reversed_by=mirror.id)
        loan.status, loan.ended_on = Loan.Status.ACTIVE, None
        _rebook(loan)

    return finish


def undo_recovery(entry: Entry, day: date) -> reversal.Finish:
    """The money did not come. Refused while the waiver of the claim stands, which reckons with it."""
    recovery = Recovery.objects.select_related("loan").get(group_id=entry.group_id, entry_id=entry.id)
    written_off = queries.write_off(entry.group_id, recovery.loan_id)
    if written_off is None:
        raise NotWrittenOff(loan=recovery.loan.number)
    if written_off.mode == "claim" and written_off.entry_id is not None:
        assert written_off.entry_id is not None
        _later(entry, [written_off.entry_id])

    def finish(mirror: Posted) -> None:
        Recovery.objects.filter(group_id=entry.group_id, id=recovery.id).update(reversed_by=mirror.id)

    return finish


def undo_claim(entry: Entry, day: date) -> reversal.Finish:
    """What may still be recovered of a loan that was written off is claimed again."""

    def finish(mirror: Posted) -> None:
        WriteOff.objects.filter(group_id=entry.group_id, entry_id=entry.id).update(reversed_by=mirror.id)

    return finish


def undo_settlement(entry: Entry, day: date) -> None:
    """A leaver's savings stand again. Refused while what they paid of her loans stands."""
    hers = savings.movements(entry.group_id).filter(entry_id=entry.id).values_list("member_id", flat=True)
    paid = Repayment.objects.filter(group_id=entry.group_id, channel=leaving.SETTLEMENT, reversed_by=None)
    paid = paid.filter(loan__group_id=entry.group_id, loan__member_id__in=list(hers), paid_on=entry.effective_on)
    if found := list(paid.values_list("entry_id", flat=True)):
        _later(entry, found)


def _rebook(loan: Loan) -> None:
    assert loan.disbursed_on is not None
    booking.rebook(loan.group_id, loan, facts.ground(loan.group_id), loan.disbursed_on)


def _same_day(entry: Entry, day: date) -> None:
    """What is derived has the original's day, so its mirror must have it too, or the first open one."""
    first = ledger.first_open_day(books.book(entry.group_id))
    expected = max(entry.effective_on, first or entry.effective_on)
    if day != expected:
        raise DayOfOriginal(day=expected)


def _later(entry: Entry, entry_ids: list[UUID]) -> None:
    later = sorted(books.entries(entry.group_id).filter(id__in=entry_ids).values_list("seq", "id"))
    raise LaterEntries(seq=entry.seq, later=", ".join(str(seq) for seq, _ in later), entry_ids=[id for _, id in later])
