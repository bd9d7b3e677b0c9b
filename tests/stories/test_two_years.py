"""What two years of a group end in (`two_years` tells them): every figure is worked out by hand beside its name."""

import pytest

from ledger import proofs
from ledger.tasks import reader
from members.hashing import Argon2
from tests.conftest import scratch_database
from tests.stories.two_years import CASH, MEALS, MONTHS, Story, last_day

END = "2025-12-31"

# Interest received. Dewi 10 × 1,5% of 2.900.000 = 435.000; Lilis 2% of 1.200.000, 1.100.000, … 100.000 = 156.000;
# Nur 45.000 + 40.795 + 36.528 + 32.196 + 27.800 = 182.319; Tini 4 × 1,5% of 2.000.000 = 120.000; Yuni 6 × 6.000;
# Tuti and Sri 11 × 12.000 each; Ani 20.000 + 18.000; Mira 4 × 5.000.
INTEREST = 435_000 + 156_000 + 182_319 + 120_000 + 36_000 + 2 * 132_000 + 38_000 + 20_000
# Yuni 4 days of 1.000, paid. Ani, 1% a month of what is late: on 2 November 1% of 116.000, on 2 December again and
# 1% of 114.000, unpaid.
PENALTIES_UNPAID = 1_160 + 1_160 + 1_140
PENALTIES = 4_000 + PENALTIES_UNPAID
# Sukarela, month by month: the sum of a day's balances over 10.000, half up; what a month earns counts from the next.
DEWI = (
    *(2_700, 2_908, 3_117, 3_026, 3_136, 3_045),  # from 5 January 2024 on 1.000.000
    *(2_276, 1_923, 1_866, 1_934, 1_878, 1_946),  # from 10 July less 400.000
    *(1_952, 1_769, 2_639, 2_658, 2_755, 2_675),  # from 5 March 2025 with 250.000 more
    *(2_772, 2_781, 2_699, 2_798, 2_716, 2_815),
)
MIRA = 1_500 + 1_555 + 956
# December of the five: 14 × 10,0611 = 140,85 → 141, on what they took out on the 15th.
EACH_OF_FIVE = 310 + 301 + 141
SAVINGS_INTEREST = sum(DEWI) + MIRA + 5 * EACH_OF_FIVE

POKOK = 24 * 50_000
# 12 × 10.000 + 12 × 15.000 of twenty-four; Yuni owes three months.
WAJIB = 24 * 300_000 - 3 * 15_000
SUKARELA_DEWI = 1_000_000 - 400_000 + 250_000 + sum(DEWI)
SUKARELA = SUKARELA_DEWI + 5 * 141
# Tuti and Sri have one instalment to come; Ani paid two of ten.
OUTSTANDING = 100_000 + 100_000 + 800_000

LENT = 2_900_000 + 1_200_000 + 3_000_000 + 2_000_000 + 600_000 + 2 * 1_200_000 + 1_000_000 + 500_000
# What came in for loans: all principal but what is outstanding, interest, Yuni's penalty; Mira's last 355.000 not in
# cash.
CAME_BACK = LENT - OUTSTANDING + INTEREST + 4_000 - 355_000
# Savings in cash: what stands and was not interest; Mira's pokok and wajib came in, and went out with her rest.
SAVED = POKOK + WAJIB + SUKARELA - (sum(DEWI) + 5 * EACH_OF_FIVE) + 50_000 + 210_000 + 500_000 - 409_011
BOX = 20_000_000 + SAVED - LENT + CAME_BACK - 24 * 50_000


@pytest.fixture(scope="module")
def story(django_db_setup, template, django_db_blocker):
    """The two years, committed in a database of their own; the tests only ask."""
    with django_db_blocker.unblock(), scratch_database(template), pytest.MonkeyPatch.context() as patch:
        patch.setattr(Argon2, "memory_cost", 8)
        patch.setattr(Argon2, "time_cost", 1)
        yield Story.lived()


def test_the_box_holds_what_came_in_less_what_went_out(story):
    assert story.accounts(END)[CASH] == BOX == 28_253_253
    assert story.accounts(END)[MEALS] == 1_200_000


def test_each_savings_product_holds_what_its_members_have(story):
    assert story.under("3-1010", END) == POKOK == 1_200_000
    assert story.under("3-1020", END) == WAJIB == 7_155_000
    assert story.under("2-1010", END) == SUKARELA == 911_489
    held = [story.balance(person, END)["savings"] for person in story.group.members]
    assert sum(one["total"] for one in held) == POKOK + WAJIB + SUKARELA
    assert story.balance("dewi", END)["savings"] == {
        "pokok": 50_000,
        "wajib": 300_000,
        "sukarela": 910_784,
        "total": 1_260_784,
    }


def test_income_is_what_borrowers_paid_and_what_lateness_cost(story):
    accounts = story.accounts(END)

    assert accounts["4-1010"] == INTEREST == 1_251_319
    assert accounts["4-1030"] == PENALTIES == 7_460
    assert story.under("1-1320", END) == PENALTIES_UNPAID == 3_460
    assert accounts["5-1010"] == SAVINGS_INTEREST == 68_555


def test_four_places_agree_on_what_is_outstanding(story):
    portfolio = story.asks(f"portfolio?as_of={END}")
    leaves = {parent: story.under(parent, END) for parent in ("1-1210", "1-1220", "1-1230")}
    owed = [one for person in story.group.members for one in story.balance(person, END)["loans"]]

    assert leaves == {"1-1210": 0, "1-1220": OUTSTANDING, "1-1230": 0}
    assert portfolio["outstanding"] == OUTSTANDING == 1_000_000
    assert sum(one["outstanding_principal"] for one in owed) == OUTSTANDING
    assert sum(story.loan(person)["outstanding"]["principal"] for person in story.loans) == OUTSTANDING


def test_ani_alone_is_late(story):
    """November's 116.000 and December's 114.000; the older was due 60 days ago."""
    [late] = story.asks(f"arrears?as_of={END}")["results"]
    portfolio = story.asks(f"portfolio?as_of={END}")

    assert late["member_id"] == str(story.group.members["ani"])
    assert (late["outstanding_principal"], late["principal_arrears"], late["interest_arrears"]) == (
        800_000,
        200_000,
        30_000,
    )
    assert late["days_past_due"] == 60
    assert {days: risk["percent"] for days, risk in portfolio["par"].items()} == {
        "1": "80.00",
        "30": "80.00",
        "60": "80.00",
        "90": "0.00",
    }


def test_her_balance_says_what_she_owes(story):
    """116.000 and 114.000, and 3.460 for being late; 112.000 comes on 1 January. What ends it: all principal, the
    30.000 of interest that is due, of January's 12.000 the 30 days out of 31 (11.612,90), and the penalties."""
    [hers] = story.balance("ani", END)["loans"]

    assert (hers["due_now"], hers["arrears"]) == (233_460, 233_460)
    assert (hers["next_due_on"], hers["next_due_amount"]) == ("2026-01-01", 112_000)
    assert story.balance("ani", END)["total_owed"] == 800_000 + 30_000 + 11_613 + 3_460


def test_yuni_alone_is_behind_with_her_wajib(story):
    rows = story.asks(f"savings/dues?as_of={END}")["results"]
    behind = [(one["member_id"], one["product"], one["arrears"]) for one in rows if one["arrears"]]

    assert behind == [(str(story.group.members["yuni"]), "wajib", 45_000)]
    mira = [one for one in rows if one["member_id"] == str(story.group.members["mira"])]
    assert {one["product"]: (one["due"], one["paid"]) for one in mira} == {
        "pokok": (50_000, 50_000),
        "wajib": (210_000, 210_000),
    }


@pytest.mark.parametrize("product", ["", "&product=wajib", "&product=sukarela"])
def test_what_closes_a_month_opens_the_next(story, product):
    before = 0
    for month in MONTHS:
        path = f"members/{story.group.members['dewi']}/passbook?from={month}-01&to={last_day(month)}{product}"
        book = story.asks(path)
        assert book["opening_balance"] == before
        assert book["closing_balance"] == before + sum(line["amount"] for line in book["lines"])
        before = book["closing_balance"]
    assert before == {"": 1_260_784, "&product=wajib": 300_000, "&product=sukarela": 910_784}[product]


def test_her_interest_is_credited_on_the_last_day_of_every_month(story):
    book = story.asks(f"members/{story.group.members['dewi']}/passbook?product=sukarela")
    interest = [line for line in book["lines"] if line["kind"] == "savings_interest"]

    assert tuple(line["amount"] for line in interest) == DEWI
    assert [line["effective_on"] for line in interest] == [str(last_day(month)) for month in MONTHS]


def test_every_loan_that_is_over_says_so(story):
    over = {person: story.loan(person)["status"] for person in story.loans}

    assert over == dict.fromkeys(("dewi", "lilis", "nur", "tini", "yuni", "mira"), "paid_off") | dict.fromkeys(
        ("tuti", "sri", "ani"), "active"
    )


def test_the_trial_balance_is_zero_at_the_end_of_every_month(story):
    for month in MONTHS:
        found = story.asks(f"ledger/trial-balance?as_of={last_day(month)}")
        assert found["total_debit"] == found["total_credit"]


def test_all_months_are_closed_and_nothing_is_wrong_with_the_books(story):
    closed = [one["month"] for one in story.asks("periods")["results"] if one["status"] == "closed"]

    assert closed == MONTHS
    with reader() as connection:
        assert list(proofs.prove(connection, story.group.id)) == []
