"""A page that opens one member's data leaves the same trace as the API."""

from ledger.ids import uuid7
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
