"""Groups full of loans for the benchmarks: the books through the posting function in batches, the rows in sets."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from ledger import services as ledger
from ledger.commands import Answer, fingerprint, perform
from ledger.context import COMMAND, in_book
from ledger.entries import NewEntry
from ledger.ids import uuid7
from ledger.models import Account
from ledger.money import credit, debit
from ledger.queries import accounts_by_code
from loans.applications import RULES
from loans.models import Loan, Version
from members import queries as members
from members import services
from members.models import User

PRINCIPAL, INTEREST, ROWS = 1_200_000, 24_000, 12
"""Each loan: twelve instalments of Rp100.000 and Rp24.000 of interest."""
PENALTY = {"per": "day", "percent": None, "amount": 500, "grace_days": 43, "cap_percent": None}


def does(group_id: UUID, act: Any) -> None:
    """Something under a command of its own."""
    key = uuid7()

    def acted() -> Answer:
        act()
        return Answer(201, {})

    mark = fingerprint("BENCH", str(key), None, None)
    perform(group_id=group_id, key=key, actor_id=None, fingerprint=mark, act=acted, limits=COMMAND)


def group_with_loans(
    treasurer: User, days: list[date], *, late: int = 0, accrues: bool = True
) -> tuple[UUID, list[UUID]]:
    """A group whose one member has a loan paid out on each of `days`; the first `late` of them bear a daily penalty
    that begins after 43 days of grace. Gives the group and its loans."""
    group_id = uuid7()
    in_book(
        group_id,
        treasurer.id,
        lambda: services.open_group(
            group_id=group_id, creator=treasurer, today=date(2026, 1, 2), name="Bench", creator_name="Budi"
        ),
        limits=COMMAND,
    )
    loans = [uuid7() for _ in days]
    does(group_id, lambda: _fill(group_id, loans, days, late, accrues))
    return group_id, loans


def _fill(group_id: UUID, loans: list[UUID], days: list[date], late: int, accrues: bool) -> None:
    member = members.members(group_id).get()
    known = accounts_by_code(group_id, ["1-1010", "3-1030", "1-1220"])
    leaves = [
        Account(
            id=uuid7(),
            code=f"1-1220.{number}",
            name=f"Pinjaman {number}",
            name_en=f"Loan {number}",
            parent_id=known["1-1220"].id,
            owned_by="loans",
            floor=0,
        )
        for number in range(1, len(loans) + 1)
    ]
    ledger._open(group_id, leaves)
    cash, grant = known["1-1010"].id, known["3-1030"].id
    money = len(loans) * PRINCIPAL
    entries = [NewEntry(date(2026, 1, 2), "journal", [debit(cash, money), credit(grant, money)])]
    entries += [
        NewEntry(on, "loan_disbursement", [debit(leaf.id, PRINCIPAL), credit(cash, PRINCIPAL)])
        for leaf, on in zip(leaves, days, strict=True)
    ]
    posted = ledger.post_entries(group_id, entries)[1:]
    agreed = {
        "principal": PRINCIPAL,
        "rate": {"percent": "2", "per": "month"},
        "method": "flat",
        "installments": ROWS,
        "minor_digits": 0,
    }
    Loan.objects.bulk_create(
        Loan(
            id=id,
            group_id=group_id,
            number=number,
            member=member,
            status="active",
            terms=agreed | {"disbursed_on": on.isoformat()},
            rules=RULES | ({"penalty": PENALTY} if number <= late else {}),
            accrues=accrues,
            requested=PRINCIPAL,
            principal=PRINCIPAL,
            approvals_required=1,
            disbursed_on=on,
            disbursement_entry_id=entry.id,
            version=1,
            derived_through=on,
            next_on=later(on) if accrues or number <= late else None,
            principal_account_id=leaf.id,
        )
        for number, (id, on, leaf, entry) in enumerate(zip(loans, days, leaves, posted, strict=True), start=1)
    )
    Version.objects.bulk_create(
        Version(
            group_id=group_id,
            loan_id=id,
            number=1,
            origin=1,
            effective_on=on,
            ordinal=0,
            terms=agreed | {"disbursed_on": on.isoformat()},
            principal=PRINCIPAL,
            made_by="disbursement",
        )
        for id, on in zip(loans, days, strict=True)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into loans_installment (id, group_id, loan_id, version, number, from_on, due_on, principal,"
            " interest, fee) select gen_random_uuid(), group_id, id, 1, n,"
            " (disbursed_on + (n - 1) * interval '1 month')::date,"
            " (disbursed_on + n * interval '1 month')::date, %s, %s, 0 from loans_loan, generate_series(1, %s) n"
            " where group_id = %s",
            [PRINCIPAL // ROWS, INTEREST, ROWS, group_id],
        )


def later(on: date) -> date:
    """A month later."""
    month = on.replace(day=1) + timedelta(days=32)
    return month.replace(day=min(on.day, 28))
