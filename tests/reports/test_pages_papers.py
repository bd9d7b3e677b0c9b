"""The papers about one loan or one receipt, asked for on the page of each."""

import pytest

from ledger.ids import uuid7
from ledger.models import Entry
from tests.pages import Browser


@pytest.fixture
def loan_id(papers):
    """What Dewi borrowed."""
    return papers.lending.lends("dewi").id


@pytest.fixture
def command(papers):
    """By which Dewi saved, at the door."""
    return saves(papers, "dewi")


def saves(papers, person):
    """Somebody saves; the key."""
    body = {"product": "sukarela", "amount": 20_000, "member_id": str(papers.kelompok.members[person])}
    key, path = uuid7(), f"{papers.kelompok.path}/savings/deposits"
    made = papers.phone("budi").posts(path, body | {"effective_on": "2026-01-09"}, key=key)
    assert made.status == 201, made.body
    return key


@pytest.mark.parametrize("person", ["budi", "dewi"])
@pytest.mark.parametrize(("name", "mark"), [("agreement-paper", "SPP"), ("loan-paper", "KPJ")])
def test_a_loans_page_leads_to_its_papers(papers, loan_id, person, name, mark):
    browser = Browser(papers.kelompok, person)
    assert browser.url(name, loan_id=loan_id) in browser.opens("loan", loan_id=loan_id).html
    assert browser.opens(name, loan_id=loan_id).status == 200

    papers_page = browser.sends_to(browser.url(name, loan_id=loan_id), {"language": "id"}).location
    papers.work()

    assert f"001/{mark}/" in browser.at(papers_page).text
    assert browser.client.get(f"{papers_page}/pdf").content.startswith(b"%PDF-")


@pytest.mark.parametrize("person", ["budi", "dewi"])
@pytest.mark.parametrize(("name", "mark"), [("receipt-paper", "KWT"), ("strip-paper", "STR")])
def test_a_receipts_page_leads_to_its_papers(papers, command, person, name, mark):
    browser = Browser(papers.kelompok, person)
    assert browser.url(name, command=command) in browser.opens("receipt", command=command).html

    papers_page = browser.sends_to(browser.url(name, command=command), {"language": "en"}).location
    papers.work()

    assert f"001/{mark}/" in browser.at(papers_page).text
    assert browser.client.get(f"{papers_page}/pdf").content.startswith(b"%PDF-")


def test_a_member_finds_none_of_anothers(papers):
    loan_id, command, dewi = papers.lending.lends("yuni").id, saves(papers, "yuni"), Browser(papers.kelompok, "dewi")

    for name in ("agreement-paper", "loan-paper"):
        assert dewi.opens(name, loan_id=loan_id).status == 404
        assert dewi.sends_to(dewi.url(name, loan_id=loan_id), {"language": "id"}).status == 404
    for name in ("receipt-paper", "strip-paper"):
        assert dewi.opens(name, command=command).status == 404
        assert dewi.sends_to(dewi.url(name, command=command), {"language": "id"}).status == 404


def test_a_request_that_nobody_agreed_to_has_no_agreement_yet(papers):
    budi, asked = Browser(papers.kelompok), papers.lending.requests("dewi").id

    assert budi.url("agreement-paper", loan_id=asked) not in budi.opens("loan", loan_id=asked).html


def test_of_an_act_there_is_one_receipt_whichever_entry_and_day_it_is_asked_by(papers):
    papers.kelompok.budi.pays(
        f"{papers.kelompok.path}/members/{papers.kelompok.members['dewi']}/collections",
        {
            "paid_on": "2026-01-09",
            "deposits": [{"product": "sukarela", "amount": 20_000}, {"product": "wajib", "amount": 20_000}],
        },
    )
    [first, second] = papers.kelompok.asks(lambda: [one.id for one in Entry.objects.order_by("-seq")[:2]])
    body = {"kind": "receipt", "from": None}

    one = papers.asks(**body, subject_id=str(first), to="2026-01-31")
    papers.work()
    other = papers.asks(**body, subject_id=str(second), to="2026-02-28")

    assert (one.status, other.status) == (202, 202)
    assert one["id"] == other["id"]


def test_of_a_loan_there_is_one_agreement(papers, loan_id):
    body = {"kind": "agreement", "subject_id": str(loan_id), "from": None}

    one = papers.asks(**body, to="2026-01-31")
    papers.work()
    again = papers.asks(**body, to="2026-02-28")

    assert one["id"] == again["id"]
