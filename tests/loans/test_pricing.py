"""What loans cost, against worked figures, a textbook, and a root found without floats."""

from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from loans.pricing import CAP, HIGHEST, Price, price, warnings
from loans.schedule import schedule, upfront_fees
from loans.terms import Fee, Row
from tests.conftest import FULL
from tests.loans.agreed import ANY, MONTHLY, agreed, any_terms
from tests.loans.test_schedule import TEXTBOOK, textbook

PLACES = Decimal("0.01")


def priced(terms, calendar=MONTHLY, **saving):
    return price(terms, schedule(terms, calendar), **saving)


FIELD = [
    ("flat", agreed(), "31.5", "36.5"),
    ("menurun", agreed(method="equal_principal"), "18.0", "19.6"),
    ("anuitas", agreed(method="annuity"), "18.0", "19.6"),
    ("potong muka", agreed("0", fees=(Fee("jasa", Decimal(15), None, "upfront"),)), "36.8", "43.7"),
    (
        "provisi and administrasi",
        agreed(fees=(Fee("provisi", Decimal(1), None, "upfront"), Fee("administrasi", None, 10_000, "upfront"))),
        "34.6",
        "40.7",
    ),
    ("yarnen", agreed(method="bullet", principal=2_000_000, installments=4, grace_interest=3), "17.6", "19.1"),
    ("flat at 2 %", agreed("2", installments=12), "41.7", "50.7"),
]


@pytest.mark.parametrize(("terms", "apr", "effective"), [one[1:] for one in FIELD], ids=[one[0] for one in FIELD])
def test_the_fields_worked_figures(terms, apr, effective):
    """The effective rates there compound the period's return, (1+r)^12-1; ours goes by days and differs a little."""
    found = priced(terms)

    assert found.apr_percent.quantize(Decimal("0.1"), ROUND_HALF_UP) == Decimal(apr)
    assert abs(found.effective_annual_rate_percent - Decimal(effective)) < Decimal("0.5")


def test_flat_to_the_last_place():
    found = Price(Decimal("31.50"), Decimal("36.71"), total_interest=450_000, total_fees=0, received=3_000_000)

    assert priced(agreed()) == found


@pytest.mark.parametrize("case", TEXTBOOK, ids=lambda case: case["id"])
def test_rates_are_the_textbooks(case):
    found = priced(textbook(case))

    apr = Decimal(case["irr_per_period"]) * case["periods_per_year"] * 100
    effective = Decimal(case["xirr_actual_365"]) * 100
    assert found.apr_percent == apr.quantize(PLACES, ROUND_HALF_UP)
    assert found.effective_annual_rate_percent == effective.quantize(PLACES, ROUND_HALF_UP)


def test_a_loan_without_a_rate_costs_nothing():
    found = priced(agreed("0"))

    assert (str(found.apr_percent), str(found.effective_annual_rate_percent)) == ("0.00", "0.00")


def test_fees_count_whenever_they_are_paid():
    found = priced(agreed("0", fees=(Fee("buku", None, 2_000, "installment"), Fee("provisi", None, 5_000, "upfront"))))

    assert (found.total_fees, found.received) == (25_000, 2_995_000)
    assert found.apr_percent > 0


def test_compulsory_savings_make_a_loan_dearer_though_they_come_back():
    without, saving = priced(agreed()), priced(agreed(), compulsory_savings_per_installment=50_000)

    assert saving.apr_percent > without.apr_percent
    assert saving.total_interest == without.total_interest


def test_savings_alone_cost_nothing_without_a_rate():
    assert priced(agreed("0"), compulsory_savings_per_installment=50_000).apr_percent == 0


def test_a_harvest_row_costs_by_the_months_until_it():
    once = agreed(method="uneven", installments=1, rows=(Row(date(2026, 5, 15), 3_000_000),))

    assert priced(once).apr_percent == Decimal("17.61")


def test_no_rate_is_told_where_nothing_is_received():
    terms = agreed(principal=1, fees=(Fee("provisi", Decimal("99.5"), None, "upfront"),))

    assert priced(terms) == Price(None, None, 0, 1, 0)


def test_both_rates_are_held_against_the_cap():
    found = warnings(priced(agreed("3")), Decimal(36))

    assert [(one.code, one.percent, one.cap) for one in found] == [
        ("rate_cap", Decimal(36), CAP),
        ("rate_cap", priced(agreed("3")).effective_annual_rate_percent, CAP),
    ]
    assert found[0].detail == "Biaya nominal pinjaman ini 36,00% setahun, di atas patokan 24,00% setahun."


def test_a_nominal_rate_under_the_cap_may_be_effectively_above():
    (found,) = warnings(priced(agreed()), agreed().annual_percent)

    assert found.detail == "Biaya efektif pinjaman ini 36,71% setahun, di atas patokan 24,00% setahun."


def test_a_rate_at_the_cap_raises_no_warning():
    assert warnings(Price(None, CAP, 0, 0, 1), CAP) == ()
    assert warnings(priced(agreed(method="annuity")), Decimal(18)) == ()


def present_value(rate, flows):
    return sum(flow / (1 + rate) ** when for when, flow in flows)


def bisected(flows):
    """The rate, from 0 to a thousand million, at which what is paid is worth what was received; 30 digits, no float."""
    with localcontext() as context:
        context.prec = 30
        low, high = Decimal(0), Decimal(10**9)
        for _ in range(90):
            middle = (low + high) / 2
            if present_value(middle, flows) > 0:
                low = middle
            else:
                high = middle
        return low


@settings(ANY, max_examples=600 if FULL else 40)
@given(any_terms(("flat", "annuity", "equal_principal", "bullet", "sum_of_digits")), st.integers(0, 40))
def test_rates_agree_with_a_root_found_without_floats(terms, fee_percent):
    terms = replace(terms, fees=(*terms.fees, Fee("provisi", Decimal(fee_percent), None, "upfront")))
    rows = schedule(terms, MONTHLY)
    found = price(terms, rows)
    received = terms.principal - upfront_fees(terms)
    assume(received > 0)

    periods = {"month": Decimal(12), "week": Decimal(52), "day": Decimal(365)}[terms.unit] / terms.every
    apr = bisected([(0, -received), *((row.number, row.due) for row in rows)]) * periods * 100
    days = [(Decimal((row.due_on - terms.disbursed_on).days) / 365, row.due) for row in rows]
    effective = bisected([(0, -received), *days]) * 100
    for told, rate in ((found.apr_percent, apr), (found.effective_annual_rate_percent, effective)):
        assert rate >= HIGHEST if told is None else abs(told - rate) <= PLACES


@settings(ANY, max_examples=2_000 if FULL else 150)
@given(any_terms(("flat", "annuity")), st.integers(0, 10**6))
def test_with_savings_that_come_back_the_rate_still_is_a_root(terms, saved):
    rows = schedule(terms, MONTHLY)
    found = price(terms, rows, compulsory_savings_per_installment=saved)
    assume(found.apr_percent is not None and 0 < found.apr_percent < 10**5 and terms.principal > 10_000)
    assert found.apr_percent is not None

    flows = [(0, -terms.principal), *((row.number, row.due + saved) for row in rows), (len(rows), -saved * len(rows))]
    periods = {"month": Decimal(12), "week": Decimal(52), "day": Decimal(365)}[terms.unit] / terms.every
    around = [present_value((found.apr_percent + off) / 100 / periods, flows) for off in (PLACES, -PLACES)]
    assert around[0] <= 0 <= around[1]
