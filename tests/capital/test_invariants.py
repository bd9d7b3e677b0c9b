"""What `verify_books` proves of the lenders' money: a whole life fires nothing, and every damage is named by its
invariant."""

from collections.abc import Iterator

import psycopg
import pytest

from ledger import proofs
from members.hashing import Argon2
from tests.capital.lending import Borrowing
from tests.conftest import owner_connection, scratch_database
from tests.loans.test_invariants import found

TABLES = ("line", "installment", "facility", "drawdown", "payment", "grant")
DAMAGES = [
    ("delete from capital_line where group_id = %(g)s and component = 'principal'", "I31"),
    ("update capital_line set amount = amount + 1 where group_id = %(g)s and payment_id is null and number = 1", "I31"),
    ("update capital_drawdown set amount = amount + 1 where group_id = %(g)s and number = 1", "I31"),
    ("update capital_installment set principal = principal + 1 where group_id = %(g)s and number = 3", "I32"),
    ("delete from capital_installment where group_id = %(g)s and number = 1", "I32"),
    ("update capital_installment set interest = 1 where group_id = %(g)s and number = 1", "I32"),
    ("update capital_payment set amount = amount + 1 where group_id = %(g)s", "I33"),
    ("delete from capital_line where group_id = %(g)s and component = 'interest' and payment_id is not null", "I33"),
    ("update capital_payment set entry_id = (select id from ledger_entry where seq = 1)"
     " where group_id = %(g)s and amount = 500000", "I33"),
    ("update capital_facility set \"limit\" = 1 where group_id = %(g)s", "I34"),
    ("update capital_drawdown set entry_id = (select id from ledger_entry where seq = 1)"
     " where group_id = %(g)s and number = 1", "I34"),
    ("update capital_drawdown set reversed_by = null where group_id = %(g)s and number = 2", "I34"),
    ("update capital_facility set status = 'paid', ended_on = opened_on where group_id = %(g)s", "I34"),
    ("update capital_grant set amount = amount + 1 where group_id = %(g)s", "I35"),
    ("update capital_grant set kind = 'programme' where group_id = %(g)s", "I35"),
]  # fmt: skip


@pytest.fixture
def lived(django_db_setup, template, django_db_blocker, monkeypatch) -> Iterator[tuple[Borrowing, psycopg.Connection]]:
    """A facility that accrues, drawn twice (once by mistake), paid out of order; a gift; committed, and open to the
    owner."""
    monkeypatch.setattr(Argon2, "memory_cost", 8)
    with django_db_blocker.unblock(), scratch_database(template) as name:
        group = Borrowing.opened(interest_recognition="accrual")
        facility = group.is_promised()
        facility.draws(6_000_000)
        group.takes_back(facility.draws(1_000_000, "2026-01-20").entry_id)
        group.lives_the_night("2026-02-15")
        facility.pays(500_000, "2026-03-10")
        facility.pays(560_000, "2026-02-10")
        group.takes_back(facility.pays(1_000, "2026-03-11").payment.entry_id)
        group.is_given(500_000)
        with owner_connection(name) as owner:
            owner.execute(f"set app.group_id = '{group.id}'")
            for table in TABLES:
                owner.execute(f"alter table capital_{table} disable trigger user")
            yield group, owner


def test_lenders_money_that_nobody_touched_proves_whole(lived):
    assert found() == set()


def test_every_damage_is_named_by_its_invariant(lived):
    group, owner = lived
    for damage, invariant in DAMAGES:
        with owner.transaction(force_rollback=True):
            assert owner.execute(damage, {"g": group.id}).rowcount > 0, damage
            names = {
                name[:3] for name, query in proofs.CHECKS.items() if owner.execute(query, {"group": None}).fetchone()
            }
        assert invariant in names, (damage, names)
