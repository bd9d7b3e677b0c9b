"""A page that opens one member's data leaves the same trace as the API."""

import pytest
from django.urls import URLResolver, get_resolver

from ledger.ids import uuid7
from members.models import Sight
from tests.loans.lending import Lending


def seen(lending: Lending) -> set[tuple[str, str]]:
    found = lending.kelompok.phones["dewi"].gets(
        f"{lending.kelompok.path}/members/{lending.kelompok.members['dewi']}/sights"
    )
    return {(one["name"], one["what"]) for one in found["results"]}


def test_her_card_shows_all_three_and_says_so(lending, budi):
    budi.opens("member", member_id=lending.kelompok.members["dewi"])

    assert seen(lending) == {("Budi", "profile"), ("Budi", "savings"), ("Budi", "loans")}


def test_a_receipt_and_a_loan_are_looks_too(lending, budi):
    key, loan = uuid7(), lending.lends()
    body = {"paid_on": "2026-03-05", "deposits": [{"product": "sukarela", "amount": 20_000}]}
    address = f"{lending.kelompok.path}/members/{lending.kelompok.members['dewi']}/collections"
    assert lending.kelompok.budi.posts(address, body, key=key).status == 201
    budi.opens("receipt", command=key)
    assert seen(lending) == {("Budi", "savings")}

    budi.opens("loan", loan_id=loan.id)
    assert seen(lending) == {("Budi", "savings"), ("Budi", "loans")}


def test_what_she_opens_herself_is_none(lending, dewi):
    dewi.opens("member", member_id=lending.kelompok.members["dewi"])

    assert seen(lending) == set()


OPEN = {"seen": "it tells who looked, which is hers to know and no data of hers"}
"""Pages about one member whose opening leaves no trace, and why."""
HERS_ALONE = {"ask-wrong"}
ALIVE = {"recovery": "written off", "loan-vote": "requested", "loan-withdraw": "requested", "loan-disburse": "approved"}
"""Page → the loan it is about; others are about one that runs."""
GONE = {"member-left", "member-erasure"}


def one_members_pages():
    """Every page whose address names a member or a loan: its name, and which of them."""
    for pattern in get_resolver().url_patterns:
        for name, words in _below(pattern, ()):
            about = {"member_id", "loan_id"} & set(words)
            if about and "group_id" in words:
                yield name, about.pop()


def _below(pattern, words):
    words = (*words, *pattern.pattern.converters)
    if isinstance(pattern, URLResolver):
        if not str(pattern.pattern).startswith("api/"):
            for inner in pattern.url_patterns:
                yield from _below(inner, words)
    else:
        yield pattern.name, words


@pytest.mark.parametrize(("page", "about"), sorted(one_members_pages()))
def test_every_page_about_one_member_leaves_a_trace(page, about, lending, budi):
    if page in HERS_ALONE:
        return  # nobody else opens it
    path = {"member_id": lending.kelompok.members["dewi"]}
    if about == "loan_id":
        path = {"loan_id": _loan(lending, ALIVE.get(page, "running")).id}
    elif page in GONE:
        lending.settles("dewi", "2026-03-31")

    opened = budi.opens(page, f"?k={uuid7()}", **path)

    assert opened.status == 200
    if page not in OPEN:
        assert lending.asks(lambda: Sight.objects.filter(member_id=lending.kelompok.members["dewi"]).count()), page


def _loan(lending, state):
    if state == "requested":
        return lending.requests()
    if state == "approved":
        return lending.requests().is_approved()
    loan = lending.lends()
    if state == "written off":
        loan.is_written_off("2026-06-10")
    return loan
