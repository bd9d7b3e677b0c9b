"""Receipts over HTTP."""

from typing import Any
from uuid import UUID

from rest_framework import serializers

from loans.api.repayments import AllocationOut
from members import access
from members.api.people import noted
from members.door import GroupView, door
from members.visit import Here
from reports import receipts, slips
from reports.receipts import Receipt


class ReceiptLineOut(serializers.Serializer[Any]):
    entry_id = serializers.UUIDField()
    kind = serializers.CharField(help_text="deposit, withdrawal, settlement, repayment, recovery, disbursement, fee")
    words = serializers.CharField()
    amount = serializers.IntegerField()
    incoming = serializers.BooleanField(help_text="Dari anggota; jika tidak, kepadanya")
    split = AllocationOut(allow_null=True)
    reversed = serializers.BooleanField()


class ReceiptSavedOut(serializers.Serializer[Any]):
    product = serializers.CharField()
    name = serializers.CharField()
    balance = serializers.IntegerField()


class ReceiptLoanOut(serializers.Serializer[Any]):
    loan_id = serializers.UUIDField()
    number = serializers.IntegerField()
    count = serializers.IntegerField()
    ticked = serializers.IntegerField()
    left = serializers.IntegerField()
    next_due_on = serializers.DateField(allow_null=True)
    next_due_amount = serializers.IntegerField(allow_null=True)


class ReceiptOut(serializers.Serializer[Any]):
    number = serializers.CharField()
    group = serializers.CharField()
    member_id = serializers.UUIDField()
    member_name = serializers.CharField(allow_null=True)
    member_number = serializers.CharField()
    carried_by = serializers.CharField(allow_null=True)
    day = serializers.DateField()
    recorded_at = serializers.DateTimeField()
    recorded_by = serializers.CharField(allow_null=True)
    lines = ReceiptLineOut(many=True)
    total = serializers.IntegerField()
    incoming = serializers.BooleanField()
    terbilang = serializers.CharField()
    savings = ReceiptSavedOut(many=True)
    loans = ReceiptLoanOut(many=True)
    check = serializers.CharField(help_text="Enam angka pertama dari rantai buku")
    reversed = serializers.BooleanField()
    message = serializers.CharField(help_text="Untuk dikirim")
    strip = serializers.CharField(help_text="Untuk kertas 58 mm: paling banyak 32 kolom")


def receipt_json(found: Receipt) -> dict[str, Any]:
    """A receipt with its texts."""
    names = (
        *("number", "group", "member_id", "member_name", "member_number", "carried_by", "day", "recorded_at"),
        *("total", "incoming", "terbilang", "check", "reversed"),
    )
    line_names = ("entry_id", "kind", "words", "amount", "incoming", "split", "reversed")
    boxes = ("loan_id", "number", "count", "ticked", "left", "next_due_on", "next_due_amount")
    return {name: getattr(found, name) for name in names} | {
        "recorded_by": found.recorded_by and found.recorded_by.name,
        "lines": [{name: getattr(line, name) for name in line_names} for line in found.lines],
        "savings": [{name: getattr(one, name) for name in ("product", "name", "balance")} for one in found.savings],
        "loans": [{name: getattr(one, name) for name in boxes} for one in found.loans],
        "message": slips.as_message(found),
        "strip": slips.as_strip(found),
    }


def receipt_of(here: Here, entry_id: UUID) -> Receipt:
    """A receipt that the seat may see: an officer any, which is noted, a member her own. Raises NoSuchReceipt."""
    only_of = None if access.is_officer(here.seat) else here.seat.member_id
    found = receipts.receipt(here.seat.group, entry_id, only_of=only_of)
    noted(here, found.member_id, "savings")
    return found


class ReceiptDetail(GroupView):
    @door("see_receipts", answer=ReceiptOut)
    def get(self, here: Here, receipt_id: UUID) -> Any:
        """The receipt of an act, by the id of any entry it booked: as it was recorded, also as text to send and to
        print."""
        return receipt_json(receipt_of(here, receipt_id))
