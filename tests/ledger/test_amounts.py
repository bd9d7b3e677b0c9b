"""What people type as an amount, and how amounts and days are written for them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.amounts import REASONS, BadAmount, parse_amount
from ledger.dates import long_day, month_named, short_day, weekday_day
from ledger.money import LARGEST, grouped, written

TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1.250.000", 1_250_000),
        ("1250000", 1_250_000),
        ("Rp1.250.000", 1_250_000),
        ("Rp 1.250.000,-", 1_250_000),
        ("Rp. 1.250.000", 1_250_000),
        ("rp1.250.000,00", 1_250_000),
        ("1.250", 1_250),
        ("1,25 jt", 1_250_000),
        ("Rp1,25jt", 1_250_000),
        ("2jt", 2_000_000),
        ("2 juta", 2_000_000),
        ("0,5 Juta", 500_000),
        ("500rb", 500_000),
        ("500 ribu", 500_000),
        ("12,5rb", 12_500),
        ("  20000 ", 20_000),
        ("Rp\u00a020.000", 20_000),
        ("0", 0),
        ("1.000.000.000.000.000", LARGEST),
    ],
)
def test_an_amount_is_read_as_it_is_written(text, amount):
    assert parse_amount(text) == amount


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("-5", "negative"),
        ("\u22125.000", "negative"),
        ("Rp -5", "negative"),
        ("20,000", "cents"),
        ("1,5", "cents"),
        ("1.250.000,50", "cents"),
        ("1,2345678 jt", "fraction"),
        ("1,-jt", "fraction"),
        ("1.25", "grouping"),
        ("1.2500", "grouping"),
        ("1..250", "grouping"),
        ("12.50.000", "grouping"),
        ("0.500", "grouping"),
        ("007", "grouping"),
        ("1.25 jt", "grouping"),
        ("1.250 jt", "grouping"),
        ("1e3", "unreadable"),
        ("１２", "unreadable"),
        ("١٢", "unreadable"),
        ("+5", "unreadable"),
        ("5 000", "unreadable"),
        ("1_000", "unreadable"),
        ("0x10", "unreadable"),
        ("2jtan", "unreadable"),
        ("Rp", "unreadable"),
        ("20.000 20.000", "unreadable"),
        ("1.250.000\n", "unreadable"),
        ("1,250,000", "unreadable"),
        ("$5", "unreadable"),
        ("NaN", "unreadable"),
        ("1.000.000.000.000.001", "too_large"),
        ("9" * 400, "too_large"),
        ("9" * 400 + "jt", "too_large"),
    ],
)
def test_what_could_mean_two_things_or_nothing_is_refused(text, code):
    with pytest.raises(BadAmount) as refused:
        parse_amount(text)

    assert (refused.value.code, str(refused.value)) == (code, REASONS[code])


@pytest.mark.parametrize(("text", "cents"), [("12,50", 1_250), ("12", 1_200), ("1.250", 125_000), ("2rb", 200_000)])
def test_a_currency_with_cents_has_them_behind_the_comma(text, cents):
    assert parse_amount(text, digits=2) == cents


@pytest.mark.parametrize("text", ["12,5", "12,500"])
def test_cents_are_written_whole_or_not_at_all(text):
    with pytest.raises(BadAmount):
        parse_amount(text, digits=2)


@given(st.integers(0, LARGEST), st.sampled_from([0, 2]))
def test_what_is_written_is_read_as_the_same(amount, digits):
    assert parse_amount(grouped(amount, digits), digits) == amount
    if digits == 0:
        assert parse_amount(written(amount)) == amount


@given(st.text(max_size=12))
def test_whatever_is_typed_is_an_amount_or_refused(text):
    try:
        assert 0 <= parse_amount(text) <= LARGEST
    except BadAmount as refused:
        assert refused.code in REASONS


@pytest.mark.parametrize(
    ("amount", "currency", "digits", "text"),
    [
        (1_250_000, "IDR", 0, "Rp1.250.000"),
        (0, "IDR", 0, "Rp0"),
        (-500, "IDR", 0, "\u2212Rp500"),
        (125_050, "EUR", 2, "EUR\u00a01.250,50"),
    ],
)
def test_an_amount_bears_its_currency(amount, currency, digits, text):
    assert written(amount, currency, digits) == text


def test_days_are_written_as_people_say_them():
    assert long_day(TUESDAY) == "24 November 2026"
    assert short_day(date(2026, 8, 5)) == "5 Agu"
    assert weekday_day(TUESDAY) == "Selasa 24 Nov"
    assert month_named(date(2026, 5, 1)) == "Mei 2026"


def test_days_are_written_in_english_for_who_reads_it():
    assert long_day(date(2026, 8, 5), "en") == "5 August 2026"
    assert short_day(date(2026, 12, 5), "en-gb") == "5 Dec"
    assert weekday_day(TUESDAY, "en") == "Tuesday 24 Nov"
    assert long_day(date(2026, 8, 5), "fr") == "5 Agustus 2026"
