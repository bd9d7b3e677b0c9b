"""The ledger and its months over HTTP."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from ledger import queries as books
from ledger import services as ledger
from ledger.chart import MONEY
from ledger.errors import NoSuchEntry
from ledger.models import Account, Entry
from ledger.money import JournalLine
from members import services
from members.api.lists import listed, page, page_of
from members.door import Act, GroupView, door
from members.fields import Amount, Body, Day, Page, Query, Text
from members.visit import Done, Here, always

NATURAL = {"D": "debit", "C": "credit"}


class AsOf(Query):
    as_of = Day(required=False)


class AccountsQuery(Page, AsOf):
    """A page, as of a day."""


class EntriesQuery(Page):
    account = Text(max_length=40, required=False)


class HeadOut(serializers.Serializer[Any]):
    seq = serializers.IntegerField()
    hash = serializers.RegexField("^[0-9a-f]{64}$")


class AccountOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()
    name_en = serializers.CharField()
    kind = serializers.ChoiceField(choices=Account.Kind.values)
    normal = serializers.ChoiceField(choices=["debit", "credit"])
    balance = serializers.IntegerField(help_text="Positif di sisi `normal`")
    owned_by = serializers.CharField(allow_null=True)


class PostingIn(Body):
    account = Text(max_length=40)
    debit = Amount(required=False, allow_null=True)
    credit = Amount(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if (attrs.get("debit") is None) == (attrs.get("credit") is None):
            raise ValidationError("Tepat satu dari debit dan credit.", "invalid")
        return attrs


class JournalIn(Act):
    effective_on = Day()
    memo = Text(max_length=300)
    postings = serializers.ListField(child=PostingIn(), min_length=1, max_length=200)


class PostingOut(serializers.Serializer[Any]):
    account = serializers.CharField()
    debit = serializers.IntegerField(allow_null=True)
    credit = serializers.IntegerField(allow_null=True)


class EntryOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    seq = serializers.IntegerField()
    effective_on = serializers.DateField()
    recorded_at = serializers.DateTimeField()
    kind = serializers.CharField()
    memo = serializers.CharField(allow_null=True)
    reverses = serializers.UUIDField(allow_null=True)
    reversed_by = serializers.UUIDField(allow_null=True)
    hash = serializers.RegexField("^[0-9a-f]{64}$")
    postings = PostingOut(many=True)


def head_json(head: books.Head) -> dict[str, Any]:
    return {"seq": head.seq, "hash": head.hash.hex()}


def entries_json(group_id: UUID, entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Entries with their lines by account code, and what took them back."""
    lines = [posting for entry in entries for posting in entry.postings.all()]
    codes = books.codes(group_id, {posting.account_id for posting in lines})
    undone = books.reversals(group_id, [entry.id for entry in entries])
    return [
        {
            "id": entry.id,
            "created_at": entry.recorded_at,
            "seq": entry.seq,
            "effective_on": entry.effective_on,
            "recorded_at": entry.recorded_at,
            "kind": entry.kind,
            "memo": entry.note.text if hasattr(entry, "note") else None,
            "reverses": entry.reverses_id,
            "reversed_by": undone.get(entry.id),
            "hash": bytes(entry.hash).hex(),
            "postings": [
                {"account": codes[line.account_id], "debit": line.debit or None, "credit": line.credit or None}
                for line in entry.postings.all()
            ],
        }
        for entry in entries
    ]


def entry_json(group_id: UUID, entry_id: UUID) -> dict[str, Any]:
    """Raises NoSuchEntry."""
    found = list(books.entries(group_id).filter(id=entry_id))
    if not found:
        raise NoSuchEntry(entry_id=entry_id)
    return entries_json(group_id, found)[0]


class AccountList(GroupView):
    @door("see_books", query=AccountsQuery, answer=page_of(AccountOut))
    def get(self, here: Here, query: dict[str, Any]) -> Any:
        """The chart of accounts by code, with the balances of `as_of` (as they stand unless told)."""
        rows, following = page(books.accounts(here.group_id), query, by="code", kind=str)
        at = books.balances(here.group_id, as_of=query.get("as_of"), account_ids=[one.id for one in rows])
        return listed([account_json(one, at[one.id]) for one in rows], following)


def account_json(account: Account, balance: int) -> dict[str, Any]:
    return {
        "id": account.id,
        "code": account.code,
        "name": account.name,
        "name_en": account.name_en,
        "kind": account.kind,
        "normal": NATURAL[account.normal],
        "balance": balance,
        "owned_by": account.owned_by,
    }


def takes_much_money(here: Here, body: dict[str, Any]) -> bool:
    """Whether a journal takes more out of cash or bank than one officer may alone: an expense or a transfer."""
    taken = sum(line.get("credit") or 0 for line in body["postings"] if line["account"] in MONEY)
    limit: int = here.seat.group.single_officer_limit
    return taken > limit


def stored_entry(here: Here, stored: dict[str, Any]) -> dict[str, Any]:
    return entry_json(here.group_id, UUID(stored["id"]))


class EntryList(GroupView):
    @door("see_books", query=EntriesQuery, answer=page_of(EntryOut))
    def get(self, here: Here, query: dict[str, Any]) -> Any:
        """The journal in order of recording; `account`: only entries with a line on it."""
        found = books.entries(here.group_id)
        if query.get("account"):
            found = books.touching(found, here.group_id, query["account"])
        rows, following = page(found, query, by="seq", kind=int)
        return listed(entries_json(here.group_id, rows), following)

    @door(
        "post_journal",
        body=JournalIn,
        status=201,
        money=True,
        two=takes_much_money,
        second_may="confirm_journal",
        answer=EntryOut,
        shown=stored_entry,
    )
    def post(self, here: Here, body: dict[str, Any]) -> Done:
        """A journal entry of the officers' own. What takes more out of cash or bank than `single_officer_limit` needs
        a second officer."""
        posted = ledger.post_journal(
            here.group_id,
            effective_on=body["effective_on"],
            memo=body["memo"],
            postings=[
                JournalLine(line["account"], line.get("debit") or 0, line.get("credit") or 0)
                for line in body["postings"]
            ],
        )
        lines = [{"account": one["account"]} | _sides(one) for one in body["postings"]]
        answer = {
            "id": posted.id,
            "created_at": posted.recorded_at,
            "seq": posted.seq,
            "effective_on": posted.effective_on,
            "recorded_at": posted.recorded_at,
            "kind": "journal",
            "memo": body["memo"],
            "reverses": None,
            "reversed_by": None,
            "hash": posted.hash.hex(),
            "postings": lines,
        }
        return Done({"id": str(posted.id), "seq": posted.seq, "hash": posted.hash.hex()}, answer=answer)


def _sides(line: dict[str, Any]) -> dict[str, Any]:
    return {"debit": line.get("debit"), "credit": line.get("credit")}


class EntryDetail(GroupView):
    @door("see_books", answer=EntryOut)
    def get(self, here: Here, entry_id: UUID) -> Any:
        """One entry."""
        return entry_json(here.group_id, entry_id)


class ReversalIn(Body):
    reason = Text(max_length=300)
    effective_on = Day(required=False, allow_null=True)


class ReversalOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    entry_id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    reverses = serializers.UUIDField()
    effective_on = serializers.DateField()
    reason = serializers.CharField(allow_null=True)


def stored_reversal(here: Here, stored: dict[str, Any]) -> dict[str, Any]:
    entry = entry_json(here.group_id, UUID(stored["id"]))
    same = {name: entry[name] for name in ("id", "created_at", "reverses", "effective_on")}
    return same | {"entry_id": entry["id"], "reason": entry["memo"]}


class EntryReversal(GroupView):
    @door("reverse_entry", body=ReversalIn, status=201, money=True, answer=ReversalOut, shown=stored_reversal)
    def post(self, here: Here, entry_id: UUID, body: dict[str, Any]) -> Done:
        """Take an entry back by its mirror, once, with a reason. Dated as the original while its month is open, else
        the first open day."""
        posted = ledger.reverse_entry(
            here.group_id, entry_id=entry_id, reason=body["reason"], effective_on=body.get("effective_on")
        )
        return Done({"id": str(posted.id), "seq": posted.seq, "hash": posted.hash.hex()})


class EntryReversalBeside(EntryReversal):
    """The same act under the entry's own path."""

    schema = None


class HeadDetail(GroupView):
    @door("see_head", answer=HeadOut)
    def get(self, here: Here) -> Any:
        """The end of the chain: number and hash of the latest entry."""
        return head_json(books.head(here.group_id))


class TrialBalanceRowOut(serializers.Serializer[Any]):
    account = serializers.CharField()
    name = serializers.CharField()
    debit = serializers.IntegerField()
    credit = serializers.IntegerField()
    balance = serializers.IntegerField()


class TrialBalanceOut(serializers.Serializer[Any]):
    as_of = serializers.DateField()
    head = HeadOut()
    rows = TrialBalanceRowOut(many=True)
    total_debit = serializers.IntegerField()
    total_credit = serializers.IntegerField()


class TrialBalance(GroupView):
    @door("see_books", query=AsOf, answer=TrialBalanceOut)
    def get(self, here: Here, query: dict[str, Any]) -> Any:
        """Every account that ever moved, at the end of `as_of` (today unless told)."""
        as_of: date = query.get("as_of") or services.today_in(here.seat.group, timezone.now())
        found = books.trial_balance(here.group_id, as_of=as_of)
        rows = [
            {name: getattr(row, name) for name in ("account", "name", "debit", "credit", "balance")}
            for row in found.rows
        ]
        totals = {"total_debit": found.total_debit, "total_credit": found.total_credit}
        return {"as_of": as_of, "head": head_json(found.head), "rows": rows} | totals


class PeriodOut(serializers.Serializer[Any]):
    month = serializers.RegexField(r"^\d{4}-\d{2}$")
    status = serializers.ChoiceField(choices=["open", "closed"])
    closed_at = serializers.DateTimeField(allow_null=True)
    head = HeadOut(allow_null=True)


def period_json(period: books.Period) -> dict[str, Any]:
    return {
        "month": f"{period.month:%Y-%m}",
        "status": "closed" if period.closed_at else "open",
        "closed_at": period.closed_at,
        "head": head_json(period.head) if period.head else None,
    }


def periods(here: Here) -> list[dict[str, Any]]:
    today = services.today_in(here.seat.group, timezone.now())
    return [period_json(one) for one in books.periods(here.group_id, today)]


class PeriodList(GroupView):
    @door("see_books", answer=page_of(PeriodOut))
    def get(self, here: Here) -> Any:
        """The months of the book, from its first to this one."""
        return listed(periods(here))


def stored_period(here: Here, stored: dict[str, Any]) -> dict[str, Any]:
    return next(one for one in periods(here) if one["month"] == stored["month"])


class PeriodClose(GroupView):
    @door("close_month", body=Act, two=always, answer=PeriodOut, shown=stored_period)
    def post(self, here: Here, month: date, body: dict[str, Any]) -> Done:
        """Close a month, in order, when it is over; for two officers. A worker then proves the book."""
        assert here.second is not None
        ledger.close_month(here.group_id, month=month, second=here.second)
        return Done({"month": f"{month:%Y-%m}"})


class ReopenIn(Act):
    reason = Text(max_length=300)


class PeriodReopen(GroupView):
    @door("reopen_month", body=ReopenIn, two=always, answer=PeriodOut, shown=stored_period)
    def post(self, here: Here, month: date, body: dict[str, Any]) -> Done:
        """Open the latest closed month again, with a reason; for two officers."""
        assert here.second is not None
        ledger.reopen_month(here.group_id, month=month, second=here.second, reason=body["reason"])
        return Done({"month": f"{month:%Y-%m}"})
