"""What `verify_books` proves of loans: a whole life fires nothing, and every damage is named by its invariant."""

from collections.abc import Iterator

import psycopg
import pytest

from ledger import proofs
from ledger.tasks import reader
from members.hashing import Argon2
from tests.conftest import owner_connection, scratch_database
from tests.loans.lending import Lending

PAID = "(select id from loans_loan where group_id = %(g)s and number = 1)"
WAITS = "(select id from loans_loan where group_id = %(g)s and number = 2)"
DAMAGES = [
    ("delete from loans_line where group_id = %(g)s and component = 'principal'", "I11"),
    ("update loans_line set amount = amount + 1 where group_id = %(g)s and component = 'penalty'", "I11"),
    (f"update loans_loan set principal = principal + 1 where id = {PAID}", "I11"),
    ("update loans_installment set principal = principal + 1 where group_id = %(g)s and number = 3", "I12"),
    (f"delete from loans_installment where loan_id = {PAID} and number = 1", "I12"),
    ("update loans_repayment set amount = amount + 1 where group_id = %(g)s", "I13"),
    ("delete from loans_line where group_id = %(g)s and component = 'interest'", "I13"),
    (f"update loans_loan set status = 'paid_off' where id = {PAID}", "I14"),
    (f"update loans_loan set disbursement_entry_id = (select id from ledger_entry where seq = 1) where id = {PAID}", "I14"),
    (f"delete from loans_vote where loan_id = {PAID} and officer_id = (select min(officer_id::text)::uuid"
     f" from loans_vote where loan_id = {PAID})", "I15"),
    (f"update loans_vote set member_id = (select member_id from loans_loan where id = {PAID}) where loan_id = {PAID}", "I15"),
    (f"update loans_purchase set bought_at = 1000000 where loan_id = {PAID}", "I16"),
    ("update ledger_account set held = held - 1 where group_id = %(g)s and held > 0", "I17"),
    (f"update loans_loan set principal = principal - 1, requested = 1 where id = {WAITS}", "I17"),
]  # fmt: skip


@pytest.fixture
def lived(django_db_setup, template, django_db_blocker, monkeypatch) -> Iterator[tuple[Lending, psycopg.Connection]]:
    """A loan that was paid, late and charged; one that is approved; committed, with everything open to the owner."""
    monkeypatch.setattr(Argon2, "memory_cost", 8)
    with django_db_blocker.unblock(), scratch_database(template) as name:
        lending = Lending.opened()
        lent(lending)
        with owner_connection(name) as owner:
            owner.execute(f"set app.group_id = '{lending.id}'")
            for table in ("loans_line", "loans_installment", "loans_loan", "loans_vote", "ledger_account"):
                owner.execute(f"alter table {table} disable trigger user")
            yield lending, owner


def lent(lending: Lending) -> None:
    product = lending.product(penalty={"per": "day", "amount": 500})
    loan = lending.requests(product=product)
    bought = {"item": "Kedelai", "quantity": "10", "unit": "kg", "unit_price": 12_000}
    from loans.models import Purchase

    lending.asks(lambda: Purchase.objects.create(group_id=lending.id, loan_id=loan.id, line=1, **bought))
    loan.is_approved().is_paid_out()
    loan.pays(124_000, "2026-02-15")
    lending.lives_the_night("2026-03-15")
    lending.requests("yuni", principal=300_000).is_approved()


def found() -> set[str]:
    with reader() as connection:
        return {finding.invariant[:3] for finding in proofs.prove(connection, None)}


def test_a_loan_that_nobody_touched_proves_whole(lived):
    assert found() == set()


def test_every_damage_is_named_by_its_invariant(lived):
    lending, owner = lived
    for damage, invariant in DAMAGES:
        with owner.transaction(force_rollback=True):
            assert owner.execute(damage, {"g": lending.id}).rowcount > 0, damage
            names = {
                name[:3] for name, query in proofs.CHECKS.items() if owner.execute(query, {"group": None}).fetchone()
            }
        assert invariant in names, (damage, names)
