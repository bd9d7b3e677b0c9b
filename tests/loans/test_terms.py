"""What terms are refused, where and why, and that JSON keeps every one of them."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from loans.schedule import schedule
from loans.terms import BadTerms, Fee, Row, check, from_json, to_json
from tests.loans.agreed import ANY, MONTHLY, agreed, any_terms

WRITTEN = {
    "principal": 3_000_000,
    "rate": {"percent": "1.5", "per": "month"},
    "method": "flat",
    "installments": 10,
    "disbursed_on": "2026-01-15",
}
MARCH, MAY = Row(date(2026, 3, 1), 1_000_000), Row(date(2026, 5, 1), 2_000_000)
BOOK: Any = Fee("buku", None, 2_000, "installment")
UNEVEN = agreed(method="uneven", installments=2, rows=(MARCH, MAY))


def refused(terms):
    with pytest.raises(BadTerms) as error:
        check(terms)
    return error.value.field, error.value.code


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"principal": 0}, "principal", "out_of_range"),
        ({"principal": 10**15 + 1}, "principal", "out_of_range"),
        ({"principal": 1.5}, "principal", "invalid"),
        ({"principal": True}, "principal", "invalid"),
        ({"rate": Decimal(-1)}, "rate/percent", "out_of_range"),
        ({"rate": Decimal("1000.01")}, "rate/percent", "out_of_range"),
        ({"rate": Decimal("1.5000001")}, "rate/percent", "out_of_range"),
        ({"rate": Decimal("NaN")}, "rate/percent", "invalid"),
        ({"rate": 1.5}, "rate/percent", "invalid"),
        ({"rate_per": "week"}, "rate/per", "invalid"),
        ({"method": "menurun"}, "method", "invalid"),
        ({"installments": 0}, "installments", "out_of_range"),
        ({"installments": 601}, "installments", "out_of_range"),
        ({"disbursed_on": date(1899, 12, 31)}, "disbursed_on", "out_of_range"),
        ({"disbursed_on": date(2201, 1, 1)}, "disbursed_on", "out_of_range"),
        ({"digits": 4}, "minor_digits", "out_of_range"),
        ({"every": 0}, "every", "out_of_range"),
        ({"every": 367}, "every", "out_of_range"),
        ({"unit": "year"}, "unit", "invalid"),
        ({"interest_basis": "30_360"}, "interest_basis", "invalid"),
        ({"rounding": "up"}, "rounding", "invalid"),
        ({"installment_multiple": -1}, "installment_multiple", "out_of_range"),
        ({"installment_multiple": 3_000_001}, "installment_multiple", "out_of_range"),
        ({"grace_principal": 10}, "grace_principal", "out_of_range"),
        ({"grace_interest": 10}, "grace_interest", "out_of_range"),
        ({"due_dates": "friday"}, "due_dates", "invalid"),
        ({"first_due_on": date(2026, 1, 15)}, "first_due_on", "out_of_range"),
        ({"disbursed_on": date(2200, 6, 1)}, "installments", "out_of_range"),
        ({"installments": 600, "every": 366}, "installments", "out_of_range"),
        ({"rows": (MARCH,)}, "rows", "invalid"),
    ],
)
def test_terms_outside_their_limits_are_refused_by_name(changes, field, code):
    assert refused(replace(agreed(), **changes)) == (field, code)


def test_a_loan_whose_total_no_column_holds_is_refused():
    terms = replace(agreed(), principal=10**15, rate=Decimal(1_000), installments=600, every=12)
    far = replace(terms, installments=100, disbursed_on=date(2026, 1, 1))

    assert refused(far) == ("principal", "out_of_range")
    check(replace(far, rate=Decimal(1)))


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"rows": ()}, "rows", "required"),
        ({"installments": 3}, "installments", "invalid"),
        ({"grace_interest": 1}, "grace_interest", "invalid"),
        ({"first_due_on": date(2026, 3, 2)}, "first_due_on", "invalid"),
        ({"rows": (MAY, MARCH)}, "rows/1/due_on", "out_of_range"),
        ({"rows": (MARCH, replace(MAY, due_on=MARCH.due_on))}, "rows/1/due_on", "out_of_range"),
        ({"rows": (replace(MARCH, due_on=date(2026, 1, 15)), MAY)}, "rows/0/due_on", "out_of_range"),
        ({"rows": (MARCH, replace(MAY, due_on=date(2201, 1, 1)))}, "rows/1/due_on", "out_of_range"),
        ({"rows": (MARCH, replace(MAY, principal=-1))}, "rows/1/principal", "out_of_range"),
        ({"rows": (replace(MARCH, interest=True), MAY)}, "rows/0/interest", "invalid"),
        ({"rows": (MARCH, replace(MAY, principal=1_999_999))}, "rows", "invalid"),
    ],
)
def test_uneven_rows_are_refused_by_the_row(changes, field, code):
    assert refused(replace(UNEVEN, **changes)) == (field, code)


@pytest.mark.parametrize(
    ("fee", "field", "code"),
    [
        (Fee(" ", None, 1, "upfront"), "fees/0/kind", "invalid"),
        (replace(BOOK, when="monthly"), "fees/0/when", "invalid"),
        (Fee("provisi", None, None, "upfront"), "fees/0", "invalid"),
        (Fee("provisi", Decimal(1), 1, "upfront"), "fees/0", "invalid"),
        (Fee("provisi", Decimal(101), None, "installment"), "fees/0/percent", "out_of_range"),
        (Fee("provisi", None, 0, "upfront"), "fees/0/amount", "out_of_range"),
        (Fee("provisi", Decimal(100), None, "upfront"), "fees", "out_of_range"),
    ],
)
def test_fees_are_refused_by_the_fee(fee, field, code):
    assert refused(replace(agreed(), fees=(fee,))) == (field, code)


def test_a_refusal_tells_people_why_in_their_language():
    with pytest.raises(BadTerms) as error:
        check(replace(UNEVEN, rows=(MARCH, replace(MAY, principal=1))))

    assert error.value.detail == "Jumlah pokok semua baris 1.000.001, bukan 3.000.000."


def test_what_a_client_need_not_say_has_its_default():
    assert from_json(WRITTEN) == agreed()
    assert from_json(WRITTEN | {"every": None, "fees": None, "first_due_on": None}) == agreed()


def test_written_terms_name_every_field():
    terms = agreed(fees=(Fee("provisi", Decimal("1.50"), None, "upfront"), Fee("buku", None, 2_000, "installment")))

    assert to_json(terms) == WRITTEN | {
        "minor_digits": 0,
        "first_due_on": None,
        "every": 1,
        "unit": "month",
        "interest_basis": "per_installment",
        "rounding": "half_up",
        "installment_multiple": 0,
        "grace_principal": 0,
        "grace_interest": 0,
        "due_dates": "as_counted",
        "fees": [
            {"kind": "provisi", "percent": "1.50", "when": "upfront"},
            {"kind": "buku", "amount": 2_000, "when": "installment"},
        ],
    }


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        *(({name: None}, name, "required") for name in WRITTEN),
        ({"rate": {"percent": "1.5"}}, "rate/per", "required"),
        ({"rate": "1.5"}, "rate", "invalid"),
        *(({"rate": {"percent": text, "per": "month"}}, "rate/percent", "invalid")
          for text in ("", ".", "1,5", "1e1", "NaN", "-1", "+1", " 1", "١", "1.5.0", 1.5, 2)),
        ({"principal": "3000000"}, "principal", "invalid"),
        ({"disbursed_on": "2026-02-30"}, "disbursed_on", "invalid"),
        ({"disbursed_on": "20260115"}, "disbursed_on", "invalid"),
        ({"disbursed_on": 20260115}, "disbursed_on", "invalid"),
        ({"fees": {}}, "fees", "invalid"),
        ({"fees": ["provisi"]}, "fees/0", "invalid"),
        ({"fees": [{"kind": "provisi", "amount": 1}]}, "fees/0/when", "required"),
        ({"fees": [{"kind": "provisi", "amount": 1, "when": "upfront", "vat": 1}]}, "fees/0/vat", "invalid"),
        ({"method": "uneven", "rows": [{"principal": 1}]}, "rows/0/due_on", "required"),
        ({"method": ["flat"]}, "method", "invalid"),
        ({"tenor": 10}, "tenor", "invalid"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_by_its_place(changes, field, code):
    with pytest.raises(BadTerms) as error:
        from_json(WRITTEN | changes)

    assert (error.value.field, error.value.code) == (field, code)


@ANY
@given(any_terms())
def test_json_keeps_terms_whole(terms):
    again = from_json(json.loads(json.dumps(to_json(terms))))

    assert again == terms and str(again.rate) == str(terms.rate)
    assert schedule(again, MONTHLY) == schedule(terms, MONTHLY)
