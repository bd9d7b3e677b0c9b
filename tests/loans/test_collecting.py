"""What one member hands over at once: into her savings, for her loans, all of it or none."""

import pytest

from ledger.ids import uuid7
from loans import collecting, queries
from loans.errors import LoanNotActive, NoSuchLoan, NothingCollected
from loans.models import Repayment
from members.errors import BeforeJoining, NotFound
from savings import queries as savings
from savings.errors import NoSuchProduct
from savings.models import Movement
from tests.cast import day


def collects(lending, person="dewi", *, on="2026-02-10", deposits=None, repayments=None, **more):
    return lending.does(
        lambda: collecting.collect(
            lending.group,
            lending.kelompok.members[person],
            deposits=deposits or {},
            repayments={loan.id: amount for loan, amount in (repayments or {}).items()},
            paid_on=day(on),
            **more,
        )
    )


def expects(lending, person="dewi", *, on):
    return lending.asks(lambda: collecting.expected(lending.group, lending.kelompok.members[person], on=day(on)))


def saved(lending, person="dewi"):
    return lending.asks(lambda: savings.savings_of(lending.id, lending.kelompok.members[person]))


def asks_for_wajib(lending, amount=20_000):
    lending.kelompok.asks(lambda: _ask(lending, amount))


def _ask(lending, amount):
    from savings import services

    wajib = savings.products(lending.id).get(code="wajib")
    services.change_product(wajib, today=day("2026-01-05"), changes={"amount": amount})


class Borrowing:
    """A loan used as a key of what is paid."""

    def __init__(self, borrowed):
        self.borrowed, self.id = borrowed, borrowed.id


@pytest.fixture
def loan(lending):
    """1.200.000 flat at 2 % over twelve months: 124.000 each, first on 10 February."""
    return Borrowing(lending.lends())


def test_her_savings_and_her_instalment_are_taken_at_once(lending, loan):
    cash = lending.balance("1-1010")

    taken = collects(lending, deposits={"wajib": 20_000, "sukarela": 6_000}, repayments={loan: 124_000})

    assert taken.total == 150_000
    assert saved(lending) == {"pokok": 0, "wajib": 20_000, "sukarela": 6_000}
    assert taken.repayments[0].split["principal"] == 100_000
    assert lending.balance("1-1010") == cash + 150_000
    assert lending.kinds()[-3:] == ["savings_deposit", "savings_deposit", "repayment"]


def test_both_her_loans_are_paid_through_the_bank(lending, loan):
    other = Borrowing(lending.lends(principal=600_000))

    taken = collects(lending, repayments={loan: 124_000, other: 62_000}, channel="bank")

    assert [one.split["principal"] for one in taken.repayments] == [100_000, 50_000]
    assert lending.balance("1-1110") == 186_000


def test_who_brought_it_for_her_is_kept_with_every_part(lending, loan):
    yuni = lending.kelompok.members["yuni"]

    collects(lending, deposits={"sukarela": 6_000}, repayments={loan: 124_000}, carried_by=yuni)

    kept = lending.asks(
        lambda: [list(model.objects.values_list("carried_by_id", flat=True)) for model in (Movement, Repayment)]
    )
    assert kept == [[yuni], [yuni]]


def test_she_herself_carries_for_nobody(lending):
    collects(lending, deposits={"sukarela": 6_000}, carried_by=lending.kelompok.members["dewi"])

    assert lending.asks(lambda: Movement.objects.get().carried_by_id) is None


def refusals():
    """What is refused, by the part that is wrong; the other parts are right."""
    right = {"deposits": {"sukarela": 6_000}}
    return [
        (NothingCollected, {}),
        (NoSuchProduct, {"deposits": {"sukarela": 6_000, "haji": 5_000}}),
        (NotFound, right | {"carried_by": uuid7()}),
        (BeforeJoining, right | {"on": "2026-01-01"}),
    ]


@pytest.mark.parametrize(("refusal", "asked"), refusals(), ids=lambda one: getattr(one, "__name__", "asked"))
def test_if_one_part_is_refused_nothing_is_taken(lending, refusal, asked):
    before = lending.balances()

    with pytest.raises(refusal):
        collects(lending, **asked)

    assert lending.balances() == before


def test_another_members_loan_is_not_hers_and_nothing_is_taken(lending, loan):
    before = lending.balances()

    with pytest.raises(NoSuchLoan):
        collects(lending, "yuni", deposits={"sukarela": 6_000}, repayments={loan: 124_000})

    assert lending.balances() == before


def test_a_loan_that_is_not_paid_out_takes_no_money_and_the_savings_wait_too(lending):
    asked = Borrowing(lending.requests())

    with pytest.raises(LoanNotActive):
        collects(lending, deposits={"sukarela": 6_000}, repayments={asked: 5_000})

    assert saved(lending)["sukarela"] == 0


# ── what is due of her ──────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_due_is_this_months_savings_and_the_instalment(lending, loan):
    asks_for_wajib(lending)
    collects(lending, on="2026-01-20", deposits={"wajib": 20_000})

    found = expects(lending, on="2026-02-10")

    assert {one.product: (one.due_now, one.late) for one in found.savings} == {
        "pokok": (0, 0),
        "wajib": (20_000, 0),
        "sukarela": (0, 0),
    }
    [due] = found.loans
    assert (due.loan.id, due.due_now, due.late, due.next_due_on) == (loan.id, 124_000, 0, day("2026-03-10"))
    assert found.total == 144_000


def test_what_was_not_paid_in_time_is_late(lending, loan):
    asks_for_wajib(lending)
    collects(lending, on="2026-02-10", deposits={"wajib": 10_000}, repayments={loan: 100_000})

    found = expects(lending, on="2026-03-10")

    wajib = next(one for one in found.savings if one.product == "wajib")
    assert (wajib.due_now, wajib.late) == (50_000, 30_000)
    assert (found.loans[0].due_now, found.loans[0].late) == (148_000, 24_000)


def test_what_is_expected_and_then_collected_leaves_nothing_due(lending, loan):
    asks_for_wajib(lending)
    found = expects(lending, on="2026-03-10")
    deposits = {one.product: one.due_now for one in found.savings if one.due_now}

    collects(lending, on="2026-03-10", deposits=deposits, repayments={loan: found.loans[0].due_now})

    assert expects(lending, on="2026-03-10").total == 0


def test_a_loan_that_is_paid_off_is_not_expected(lending, loan):
    collects(lending, repayments={loan: lending.asks(lambda: _payoff(lending, loan.id))})

    assert expects(lending, on="2026-02-10").loans == []


def _payoff(lending, loan_id):
    return queries.state(lending.group, queries.loan(lending.id, loan_id), on=day("2026-02-10")).payoff.total


# ── at the door ─────────────────────────────────────────────────────────────────────────────────────────────────────


def path(lending, person="dewi"):
    return f"{lending.kelompok.path}/members/{lending.kelompok.members[person]}"


def body(loan=None, **more):
    paid = {"repayments": [{"loan_id": str(loan.id), "amount": 124_000}]} if loan else {}
    return {"paid_on": "2026-02-10", "deposits": [{"product": "sukarela", "amount": 6_000}]} | paid | more


def test_a_collection_is_answered_line_by_line(lending, loan):
    budi = lending.kelompok.budi

    made = budi.pays(f"{path(lending)}/collections", body(loan))

    assert made.status == 201, made.body
    assert [(one["kind"], one["product"], one["loan_id"], one["amount"]) for one in made["lines"]] == [
        ("deposit", "sukarela", None, 6_000),
        ("repayment", None, str(loan.id), 124_000),
    ]
    assert made["lines"][1]["allocation"]["principal"] == 100_000
    assert made["lines"][1]["outstanding_principal"] == 1_100_000
    assert (made["total"], made["channel"]) == (130_000, "cash")
    entry = budi.gets(f"{lending.kelompok.path}/ledger/entries/{made['lines'][0]['entry_id']}")
    assert entry["effective_on"] == "2026-02-10"


def test_the_same_collection_twice_is_one(lending, loan):
    budi, key = lending.kelompok.budi, uuid7()

    first = budi.posts(f"{path(lending)}/collections", body(loan), key=key)
    again = budi.posts(f"{path(lending)}/collections", body(loan), key=key)

    assert again.body == first.body
    assert again.headers["Idempotency-Replayed"] == "true"
    assert saved(lending)["sukarela"] == 6_000


def test_a_collection_needs_a_key(lending):
    refused = lending.kelompok.budi.posts(f"{path(lending)}/collections", body())

    assert (refused.status, refused.code) == (400, "idempotency_key_required")


def test_nothing_is_no_collection(lending):
    for empty in (["deposits"], ["deposits", "repayments"]):
        nothing = body() | {name: [] for name in empty}
        refused = lending.kelompok.budi.pays(f"{path(lending)}/collections", nothing)
        assert (refused.status, refused.code) == (409, "nothing_collected")


def test_another_members_loan_is_404(lending, loan):
    refused = lending.kelompok.budi.pays(f"{path(lending, 'yuni')}/collections", body(loan))

    assert (refused.status, refused.code) == (404, "not_found")
    assert saved(lending, "yuni")["sukarela"] == 0


@pytest.mark.parametrize(
    ("wrong", "pointer", "code"),
    [
        ({"deposits": [{"product": "sukarela", "amount": 1.5}]}, "/deposits/0/amount", "not_an_integer"),
        ({"deposits": [{"product": "sukarela", "amount": 0}]}, "/deposits/0/amount", "out_of_range"),
        ({"deposits": [{"product": "sukarela", "amount": 5, "memo": "x"}]}, "/deposits/0/memo", "unknown_field"),
        ({"deposits": [{"product": "sukarela", "amount": 5}] * 2}, "/deposits/1/product", "duplicate_key"),
        ({"repayments": [{"loan_id": "3", "amount": 5}]}, "/repayments/0/loan_id", "invalid"),
        ({"deposits": {"sukarela": 5}}, "/deposits", "invalid"),
        ({"channel": "savings:sukarela"}, "/channel", "invalid"),
        ({"carried_by": "Yuni"}, "/carried_by", "invalid"),
        ({"paid_on": "10-02-2026"}, "/paid_on", "invalid"),
    ],
)
def test_what_is_malformed_is_named_and_nothing_is_taken(lending, wrong, pointer, code):
    refused = lending.kelompok.budi.pays(f"{path(lending)}/collections", body() | wrong)

    assert refused.status == 400
    assert refused.pointers[pointer] == code
    assert saved(lending)["sukarela"] == 0


def test_a_member_sees_what_is_due_of_her_and_of_nobody_else(lending, loan):
    dewi = lending.kelompok.phones["dewi"]

    found = dewi.gets(f"{path(lending)}/expected?on=2026-02-10")

    assert (found.status, found["total"]) == (200, 124_000)
    assert dewi.gets(f"{path(lending, 'yuni')}/expected").status == 404
