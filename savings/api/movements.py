"""Deposits, withdrawals, dues and the passbook over HTTP."""

from typing import Any
from uuid import UUID

from rest_framework import serializers

from members import access
from members.api.lists import listed, page, page_of
from members.api.people import hers, noted
from members.door import Act, GroupView, door
from members.errors import NotFound
from members.fields import Amount, Body, Choice, Day, Id, Page, Query, Text
from members.services import today_in
from members.visit import Done, Here
from savings import queries, services
from savings.errors import NoSuchProduct
from savings.models import Movement
from savings.queries import MovementRow


class DepositIn(Body):
    member_id = Id()
    product = Text(max_length=30)
    amount = Amount()
    effective_on = Day()
    channel = Choice(choices=Movement.Channel.values, required=False, default="cash")
    memo = Text(max_length=300, required=False, allow_null=True)
    meeting_id = Id(required=False, allow_null=True)


class WithdrawalIn(DepositIn, Act):
    """A second officer consents to what is above the limit."""


class MovementsQuery(Page):
    member_id = Id(required=False)


class DuesQuery(Query):
    as_of = Day(required=False)


PassbookQuery = type(
    "PassbookQuery",
    (Query,),
    {"from": Day(required=False), "to": Day(required=False), "product": Text(max_length=30, required=False)},
)
"""`from` is a word of Python's, so the class is made of a table."""


class SavingsMovementOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    entry_id = serializers.UUIDField()
    member_id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=Movement.Kind.values)
    product = serializers.CharField()
    amount = serializers.IntegerField()
    effective_on = serializers.DateField()
    balance = serializers.IntegerField(help_text="Saldo simpanan ini sesudahnya, menurut tanggal")
    channel = serializers.ChoiceField(choices=Movement.Channel.values)
    meeting_id = serializers.UUIDField(allow_null=True)
    reversed_by = serializers.UUIDField(allow_null=True)


class SavingsDueOut(serializers.Serializer[Any]):
    member_id = serializers.UUIDField()
    product = serializers.CharField()
    due = serializers.IntegerField()
    paid = serializers.IntegerField()
    arrears = serializers.IntegerField()


class PassbookLineOut(serializers.Serializer[Any]):
    entry_id = serializers.UUIDField()
    effective_on = serializers.DateField()
    recorded_at = serializers.DateTimeField()
    kind = serializers.CharField()
    memo = serializers.CharField(allow_null=True)
    product = serializers.CharField()
    amount = serializers.IntegerField(help_text="Positif: masuk")
    balance_after = serializers.IntegerField()


class PassbookOut(serializers.Serializer[Any]):
    opening_balance = serializers.IntegerField()
    lines = PassbookLineOut(many=True)
    closing_balance = serializers.IntegerField()


def movement_json(row: MovementRow) -> dict[str, Any]:
    """As it is answered and kept with its command: no memo, which may name somebody."""
    movement = row.movement
    return {
        "id": str(movement.id),
        "created_at": movement.created_at.isoformat(),
        "entry_id": str(movement.entry_id),
        "member_id": str(movement.member_id),
        "kind": str(movement.kind),
        "product": movement.account.product.code,
        "amount": movement.amount,
        "effective_on": movement.effective_on.isoformat(),
        "balance": row.balance,
        "channel": movement.channel,
        "meeting_id": movement.meeting_id and str(movement.meeting_id),
        "reversed_by": row.reversed_by and str(row.reversed_by),
    }


def made(here: Here, movement: Movement) -> Done:
    [row] = queries.movement_rows(here.group_id, [movement])
    return Done(movement_json(row))


def only_hers(here: Here) -> UUID | None:
    """To a seat without office, herself alone; None: everybody."""
    return None if access.is_officer(here.seat) else here.seat.member_id


def above_the_limit(here: Here, body: dict[str, Any]) -> bool:
    """Whether it is more than one officer may pay out alone."""
    limit: int = here.seat.group.single_officer_limit
    return bool(body["amount"] > limit)


class DepositList(GroupView):
    @door("record_savings", body=DepositIn, status=201, money=True, answer=SavingsMovementOut)
    def post(self, here: Here, body: dict[str, Any]) -> Done:
        """Take money from a member into her savings; any amount, also of what is asked for by the month."""
        return made(here, services.deposit(here.group_id, **body))


class WithdrawalList(GroupView):
    @door(
        "record_savings",
        body=WithdrawalIn,
        status=201,
        money=True,
        two=above_the_limit,
        second_may="confirm_savings",
        answer=SavingsMovementOut,
    )
    def post(self, here: Here, body: dict[str, Any]) -> Done:
        """Pay a member out of her savings. Above `single_officer_limit` it needs a second officer."""
        return made(here, services.withdraw(here.group_id, **body))


class MovementList(GroupView):
    @door("see_savings", query=MovementsQuery, answer=page_of(SavingsMovementOut))
    def get(self, here: Here, query: dict[str, Any]) -> Any:
        """What was put in and taken out; `member_id`: by her. A member without office sees her own."""
        member_id = query.get("member_id") or only_hers(here)
        if member_id is not None:
            hers(here, member_id, "savings")
        rows, following = page(queries.movements(here.group_id, member_id=member_id), query)
        return listed([movement_json(row) for row in queries.movement_rows(here.group_id, rows)], following)


class MovementDetail(GroupView):
    @door("see_savings", answer=SavingsMovementOut)
    def get(self, here: Here, movement_id: UUID) -> Any:
        """One movement, with the balance after it as the books are now."""
        rows = list(queries.movements(here.group_id, member_id=only_hers(here)).filter(id=movement_id))
        if not rows:
            raise NotFound()
        noted(here, rows[0].member_id, "savings")
        [row] = queries.movement_rows(here.group_id, rows)
        return movement_json(row)


class DueList(GroupView):
    @door("see_savings", query=DuesQuery, answer=page_of(SavingsDueOut))
    def get(self, here: Here, query: dict[str, Any]) -> Any:
        """What every member should have saved by `as_of` (today unless told), what she paid, and what is missing."""
        as_of = query.get("as_of") or today_in(here.seat.group)
        rows = queries.due_rows(here.group_id, as_of=as_of, member_id=only_hers(here))
        return listed(
            [{name: getattr(row, name) for name in ("member_id", "product", "due", "paid", "arrears")} for row in rows]
        )


class Passbook(GroupView):
    @door("see_savings", query=PassbookQuery, answer=PassbookOut)
    def get(self, here: Here, member_id: UUID, query: dict[str, Any]) -> Any:
        """Her book over all her savings, or one `product`: what closes a day opens the next. `from` unless told is the
        beginning, `to` the end."""
        hers(here, member_id, "savings")
        product = query.get("product")
        if product is not None and queries.product(here.group_id, product) is None:
            raise NoSuchProduct(product=product)
        book = queries.passbook(
            here.group_id, member_id, since=query.get("from"), until=query.get("to"), product=product
        )
        names = ("entry_id", "effective_on", "recorded_at", "kind", "memo", "product", "amount", "balance_after")
        lines = [{name: getattr(line, name) for name in names} for line in book.lines]
        return {"opening_balance": book.opening_balance, "lines": lines, "closing_balance": book.closing_balance}
