"""The portfolio of any day, worked by hand: Dewi is late, Yuni pays."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ledger import kernel
from loans import classes, portfolio, queries
from loans.models import Loan
from tests.cast import day
from tests.door import signs_in, somebody
from tests.loans.lending import Lending


@pytest.fixture
def lent(lending: Lending) -> Lending:
    """Dewi: Rp1.200.000 in twelve, nothing paid. Yuni: Rp600.000 in six, three paid on their day."""
    lending.lends("dewi")
    yuni = lending.lends("yuni", principal=600_000, installments=6)
    for month in ("02", "03", "04"):
        yuni.pays(112_000, f"2026-{month}-10")
    return lending


def figures(lending: Lending, on: str) -> portfolio.Figures:
    found: portfolio.Figures = lending.asks(lambda: portfolio.figures(lending.id, as_of=day(on)))
    return found


def test_what_is_due_today_is_not_late_yet(lent):
    assert figures(lent, "2026-02-10").arrears_principal == 0
    found = figures(lent, "2026-02-11")
    assert (found.loans, found.outstanding) == (2, 1_700_000)
    assert (found.arrears_principal, found.arrears_interest, found.par[1]) == (100_000, 24_000, 1_200_000)


def test_risk_grows_with_the_oldest_instalment(lent):
    assert [figures(lent, on).par[30] for on in ("2026-03-11", "2026-03-12")] == [0, 1_200_000]
    assert figures(lent, "2026-05-11").par == {1: 1_500_000, 30: 1_200_000, 60: 1_200_000, 90: 1_200_000}


def test_the_past_is_read_as_it_was(lent):
    assert figures(lent, "2026-01-09").loans == 0
    assert figures(lent, "2026-01-10").outstanding == 1_800_000
    assert figures(lent, "2026-03-09").outstanding == 1_700_000


def test_the_whole_picture_of_a_day(lent):
    found = lent.asks(lambda: portfolio.portfolio(lent.group, as_of=day("2026-04-20")))

    assert (found.outstanding, found.arrears_principal, found.arrears_interest) == (1_500_000, 300_000, 72_000)
    assert found.par[1] == portfolio.Risk(1_200_000, Decimal("80.00"))
    assert (found.lar_percent, found.repayment_rate_percent) == (Decimal("50.00"), Decimal("80.00"))
    assert found.yield_percent == Decimal("4.80")
    assert [(one.class_name, one.loans, one.outstanding, one.provision) for one in found.classes] == [
        ("Lancar", 2, 1_500_000, 0),
        ("Kurang lancar", 0, 0, 0),
        ("Diragukan", 0, 0, 0),
        ("Macet", 0, 0, 0),
    ]


def test_the_arrears_list_names_who_is_late_with_her_class(lent):
    [row] = lent.asks(lambda: portfolio.arrears(lent.group, as_of=day("2026-04-20")))

    assert row.member_id == lent.kelompok.members["dewi"]
    assert (row.outstanding_principal, row.principal_arrears, row.interest_arrears) == (1_200_000, 300_000, 72_000)
    assert (row.days_past_due, row.installments_late, row.class_name) == (69, 3, "Lancar")


@pytest.mark.parametrize(
    ("preset", "days", "installments", "name"),
    [
        ("bank", 0, 0, "Lancar"),
        ("bank", 1, 1, "Dalam perhatian khusus"),
        ("bank", 91, 4, "Kurang lancar"),
        ("bank", 121, 5, "Diragukan"),
        ("bank", 181, 7, "Macet"),
        ("pnpm_perkotaan", 20, 3, "Kol 2"),
        ("pnpm_perkotaan", 20, 4, "Kol 3"),
        ("pnpm_perdesaan", 1, 1, "II"),
        ("pnpm_perdesaan", 61, 2, "III"),
        ("koperasi", 90, 3, "Lancar"),
        ("koperasi", 91, 4, "Kurang lancar"),
        ("koperasi", 181, 7, "Diragukan"),
        ("cgap", 30, 1, "PAR1"),
        ("cgap", 31, 2, "PAR30"),
        ("cgap", 91, 4, "PAR90"),
    ],
)
def test_five_presets_class_by_their_own_measure(preset, days, installments, name):
    assert classes.classify(preset, days_past_due=days, installments_late=installments).name == name


def test_a_provision_is_rounded_half_up():
    assert classes.provision(150, Decimal(1)) == 2
    assert classes.provision(149, Decimal(1)) == 1


def test_interest_that_a_reschedule_carries_is_late_after_the_first_new_instalment(lending):
    """By 20 April four periods of Rp24.000 have begun; six new instalments of Rp200.000 and Rp24.000 follow."""
    loan = lending.lends()
    loan.is_rescheduled("2026-04-20", installments=6)

    assert figures(lending, "2026-05-20").arrears_interest == 0
    found = figures(lending, "2026-05-21")
    assert (found.arrears_principal, found.arrears_interest) == (200_000, 4 * 24_000 + 24_000)


def test_no_table_of_a_portfolio_is_looked_up_loan_by_loan(lent):
    """The planner takes each group for a usual one: a thousand loans looked up one by one take half a second."""
    asked = {"group": lent.id, "day": day("2026-04-20"), "cure": 90, "loans": [], "brought": [], "out": []}

    [[[explained]]] = lent.asks(lambda: kernel.call(f"explain (format json) {portfolio.ROWS}", asked))

    assert set(scanned(explained["Plan"])) == {"loans_loan", "loans_version", "loans_line", "loans_installment"}
    assert list(scanned(explained["Plan"], only_joined=True)) == []


def scanned(plan: dict[str, Any], *, only_joined: bool = False, joined: bool = False) -> Iterator[str]:
    """The tables that a plan reads, or those that it reads to join them at once."""
    if "Relation Name" in plan and (joined or not only_joined):
        yield plan["Relation Name"]
    joins = "Join Type" in plan
    for part in plan.get("Plans", ()):
        apart = part["Parent Relationship"] == "InitPlan"
        yield from scanned(part, only_joined=only_joined, joined=not apart and (joined or joins))


def test_the_operator_sees_the_groups_of_one_currency_together_and_no_demonstration(lent):
    """Beside it another group by another preset, one that counts dollars, and one that only shows how it goes."""
    policies: dict[str, dict[str, Any]] = {
        "b": {"arrears_preset": "cgap"},
        "c": {"currency": "USD", "digits": 2},
        "d": {"name": "DEMO Mawar", "demo": True},
    }
    for prefix, policy in policies.items():
        Lending.opened(prefix, **policy).lends(principal=400_000, installments=4)
    operator = signs_in(somebody("operator", operator=True))

    rupiah = operator.gets("operator/portfolio?as_of=2026-04-20")
    dollars = operator.gets("operator/portfolio?as_of=2026-04-20&currency=USD")

    assert (rupiah["currency"], rupiah["groups"], rupiah["loans"], rupiah["outstanding"]) == ("IDR", 2, 3, 1_900_000)
    assert [(one["class"], one["loans"], one["outstanding"], one["provision"]) for one in rupiah["classes"]] == [
        ("koperasi: Lancar", 2, 1_500_000, 0),
        ("koperasi: Kurang lancar", 0, 0, 0),
        ("koperasi: Diragukan", 0, 0, 0),
        ("koperasi: Macet", 0, 0, 0),
        ("cgap: Lancar", 0, 0, 0),
        ("cgap: PAR1", 0, 0, 0),
        ("cgap: PAR30", 0, 0, 0),
        ("cgap: PAR60", 1, 400_000, 200_000),
        ("cgap: PAR90", 0, 0, 0),
    ]
    assert (dollars["currency"], dollars["groups"], dollars["outstanding"]) == ("USD", 1, 400_000)
    assert operator.gets("operator/portfolio?currency=XXX").status == 400


def test_every_figure_of_every_day_is_what_the_loans_themselves_derive(lending):
    """Loans of each kind, late, paid in part and for earlier days, rescheduled twice, penalised, written off."""
    flat = lending.lends(product=lending.product(penalty={"per": "month", "amount": 2_500, "grace_days": 5}))
    annuity = lending.lends("yuni", on="2026-01-20", method="annuity")
    falling = lending.lends(on="2026-02-28", method="equal_principal", installments=6, principal=900_000)
    at_once = lending.lends("yuni", on="2026-03-03", method="bullet", installments=4, principal=600_000)
    flat.pays(124_000, "2026-02-10")
    flat.pays(70_000, "2026-03-31")
    annuity.pays(250_000, "2026-03-01")
    falling.pays(1_000, "2026-04-01")
    flat.is_rescheduled("2026-05-02", installments=9)
    flat.pays(20_000, "2026-06-15")
    annuity.is_rescheduled("2026-06-20", installments=5, method="flat")
    at_once.pays(604_000, "2026-07-03")
    falling.is_charged("penalty", 10_000, "2026-07-07")
    flat.is_rescheduled("2026-08-05", installments=4)
    flat.pays(30_000, "2026-04-15")
    annuity.pays(90_000, "2026-08-20")
    falling.is_written_off("2026-10-01")

    for days in range(0, 300, 3):
        on = date(2026, 1, 5) + timedelta(days=days)
        assert lending.asks(lambda on=on: read(lending, on)) == lending.asks(lambda on=on: derived(lending, on)), on


def read(lending: Lending, on: date) -> dict[int, tuple[int, ...]]:
    """By number: what is outstanding, the arrears of principal and interest, days past due, instalments late."""
    return {
        row.number: (
            *(row.outstanding_principal, row.principal_arrears, row.interest_arrears),
            *(row.days_past_due, row.installments_late),
        )
        for row in portfolio._rows(lending.id, on)
    }


def derived(lending: Lending, on: date) -> dict[int, tuple[int, ...]]:
    """The same from the loans, one by one."""
    found: dict[int, tuple[int, ...]] = {}
    ever = list(Loan.objects.filter(group_id=lending.id, disbursed_on__lte=on))
    states = queries.states(lending.group, ever, on=on)
    for loan in ever:
        state = states[loan.id]
        over = loan.status == "written_off" and loan.ended_on is not None and loan.ended_on <= on
        if over or not state.principal:
            continue
        due = [row for row in state.states if row.due_on < on]
        late = [row.due_on for row in due if row.left("principal") or row.left("interest")]
        found[loan.number] = (
            state.principal,
            sum(row.left("principal") for row in due),
            sum(row.left("interest") for row in due),
            (on - late[0]).days if late else 0,
            len(late),
        )
    return found
