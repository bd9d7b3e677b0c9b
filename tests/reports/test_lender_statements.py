"""The lender's statement at the doors: who asks, what the lender gets of it and when no longer, what is noted; and that
it comes by itself each month."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from capital import queries as capital
from capital import services
from ledger.models import Job
from members.invariants import CHECKS
from members.models import Disclosure, Group
from reports import delivering, issuing, monthly, proving
from reports.models import Statement
from tests.capital.lending import Borrowing
from tests.members.desk import desk
from tests.pages import Browser
from tests.reports.lenders import Upk
from tests.reports.papers import Papers

SINCE, UNTIL = "2026-01-01", "2026-05-20"
MAY = date(2026, 5, 1)


@pytest.fixture
def upk(described, books):
    found = Upk.lives(Borrowing.opened(), email="upk@kunduran.example")
    found.signs_in()
    return found


@pytest.fixture
def papers(upk):
    return Papers(upk.group)


def body(upk, **changes):
    return {"kind": "lender", "subject_id": str(upk.id), "from": SINCE, "to": UNTIL} | changes


def asked(upk, papers, by=None, **changes):
    return (by or upk.phone).posts(papers.path, body(upk, **changes))


def issued(upk, papers, **changes):
    answer = asked(upk, papers, papers.phone("budi"), **changes)
    assert answer.status == 202, answer.body
    papers.work()
    return papers.row(answer["id"])


def log(upk):
    def read():
        return list(Disclosure.objects.filter(group_id=upk.group.id).order_by("id").values_list("what", "scope"))

    return upk.group.asks(read)


# ── works ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_officer_issues_it_and_the_lender_takes_it_home(upk, papers):
    upk.may_see("totals", "loans")
    one = issued(upk, papers)

    assert (one.status, one.number.split("/")[1]) == ("ready", "LKP")
    assert (one.member_id, one.scopes) == (None, ["totals", "loans"])
    found = upk.phone.gets(papers.path)["results"]
    assert [(row["id"], row["totals"]["facility_closing"]) for row in found] == [(str(one.id), 5_000_000)]
    file = upk.phone.gets(f"{papers.path}/{one.id}/pdf")
    assert (file.status, file.body[:5]) == (200, b"%PDF-")
    assert log(upk) == [("see_statements", "totals"), ("see_statements", "totals"), ("see_statements", "loans")]


def test_the_lender_asks_for_its_own_and_is_noted(upk, papers):
    upk.may_see("loans")

    answer = asked(upk, papers)

    assert (answer.status, answer["status"]) == (202, "queued")
    assert log(upk) == [("ask_statement", "loans")]
    papers.work()
    assert papers.row(answer["id"]).status == "ready"
    assert asked(upk, papers)["id"] == answer["id"]


def test_a_key_sent_twice_asks_once_and_is_noted_twice(upk, papers):
    from ledger.ids import uuid7

    upk.may_see("totals")
    key = uuid7()

    first, again = (upk.phone.sends("POST", papers.path, body(upk), key=key) for _ in range(2))

    assert (first["id"], again.headers["Idempotency-Replayed"]) == (again["id"], "true")
    assert log(upk) == [("ask_statement", "totals"), ("ask_statement", "totals")]


def test_its_sums_are_proved_from_the_books(upk, papers):
    upk.may_see()
    one = issued(upk, papers)

    checks = upk.group.asks(lambda: proving.checks(one))

    assert all(checks)
    assert proving.verify(papers.file(one)).result == "genuine"


def test_the_members_it_tells_of_are_told_that_the_lender_read_it(upk, papers):
    upk.may_see("loans", "members.pseudonym")
    one = issued(upk, papers)

    def sights():
        member = upk.group.kelompok.members["dewi"]
        seen = upk.group.kelompok.phones["dewi"].gets(f"{upk.group.kelompok.path}/members/{member}/sights")
        return [row["what"] for row in seen["results"]]

    assert sights() == []
    upk.phone.gets(f"{papers.path}/{one.id}/pdf")
    assert sights() == ["loans"]


def test_a_statement_taken_home_stands_in_the_log_under_every_scope_it_was_made_with(upk, papers):
    upk.may_see("totals", "members.named")
    upk.may_see("loans")
    one = issued(upk, papers)
    before = len(log(upk))

    upk.phone.gets(f"{papers.path}/{one.id}/pdf")
    opened(upk).client.get(reverse("p:document-pdf", args=[upk.group.id, one.id]))

    scopes = ["totals", "loans", "members.named"]
    assert log(upk)[before:] == [("see_statements", scope) for scope in scopes] * 2

    def unproved():
        with connection.cursor() as cursor:
            cursor.execute(next(iter(CHECKS.values())), {"group": upk.group.id})
            return cursor.fetchall()

    assert upk.group.asks(unproved) == []


def test_what_is_read_of_its_list_is_noted_as_before(upk, papers):
    upk.may_see("totals", "loans", "members.named")
    issued(upk, papers)

    upk.phone.gets(papers.path)

    assert log(upk) == [("see_statements", "totals")]


def test_it_is_made_anew_when_the_loans_its_money_became_are_others(upk, papers):
    upk.may_see("totals")
    one = issued(upk, papers)
    assert asked(upk, papers)["id"] == str(one.id)
    loan = upk.group.asks(lambda: capital.fundings(upk.group.id, facility_id=upk.facility.id).last())

    upk.group.asks(lambda: services.release_loan(loan, on=date(2026, 5, 19)))

    anew = issued(upk, papers)
    assert (anew.number, anew.version) == (one.number, 2)
    assert asked(upk, papers)["id"] == str(anew.id)
    upk.facility.funds(upk.yuni, 600_000)
    last = issued(upk, papers)
    assert (last.version, asked(upk, papers)["id"]) == (3, str(last.id))


def test_another_lenders_loans_and_later_ones_leave_it_as_it_stands(upk, papers):
    upk.may_see("totals")
    one = issued(upk, papers, to="2026-03-31")
    other = upk.group.is_promised(3_000_000, on="2026-01-12")
    other.draws(1_000_000, "2026-04-12")
    other.funds(upk.dewi, 200_000)
    loan = upk.group.asks(lambda: capital.fundings(upk.group.id, facility_id=upk.facility.id).last())

    upk.group.asks(lambda: services.release_loan(loan, on=date(2026, 4, 19)))

    assert asked(upk, papers, to="2026-03-31")["id"] == str(one.id)


# ── whose, and how long ─────────────────────────────────────────────────────────────────────────────────────────────


def test_another_lenders_statement_and_any_other_paper_are_not_there(upk, papers):
    upk.may_see()
    other = Upk(upk.group, upk.group.knows("Bank Jateng"), upk.facility, upk.dewi, upk.yuni)
    other.may_see("totals")
    theirs, members = issued(other, papers), papers.issued()

    assert asked(upk, papers, subject_id=str(other.id)).status == 404
    assert asked(upk, papers, kind="group", subject_id=None).status == 404
    assert asked(upk, papers, kind="member", subject_id=str(upk.group.kelompok.members["dewi"])).status == 404
    for one in (theirs, members):
        assert upk.phone.gets(f"{papers.path}/{one.id}").status == 404
        assert upk.phone.gets(f"{papers.path}/{one.id}/pdf").status == 404
    assert upk.phone.gets(papers.path)["results"] == []
    for act in ("reissue", "revoke"):
        assert upk.phone.posts(f"{papers.path}/{theirs.id}/{act}", {"reason": "salah"}).status == 403
    assert [what for what, _ in log(upk)] == ["see_statements"]


def test_a_lender_nobody_let_in_is_not_told_apart_from_one_that_is_not_there(upk, papers):
    upk.may_see()
    shut = upk.group.knows("Bank Jateng")

    assert asked(upk, papers, subject_id=str(shut.id)).status == 404


def test_a_member_neither_asks_for_it_nor_sees_it(upk, papers):
    upk.may_see()
    one, dewi = issued(upk, papers), papers.phone("dewi")

    assert asked(upk, papers, dewi).status == 403
    assert dewi.gets(f"{papers.path}/{one.id}").status == 404


def test_without_a_consent_the_group_is_not_there_and_an_officer_is_told_why(upk, papers):
    assert asked(upk, papers).status == 404
    assert upk.phone.gets(papers.path).status == 404
    refused = asked(upk, papers, papers.phone("budi"))
    assert (refused.status, refused.code) == (409, "no_consent")


def test_a_consent_taken_back_closes_what_was_issued_under_it(upk, papers):
    consent = upk.may_see()
    one = issued(upk, papers)
    upk.takes_back(consent)

    assert upk.phone.gets(f"{papers.path}/{one.id}/pdf").status == 404
    assert papers.phone("budi").gets(f"{papers.path}/{one.id}/pdf").status == 200


def test_a_consent_taken_back_before_it_is_made_leaves_none(upk, papers):
    consent = upk.may_see()
    asked_for = asked(upk, papers)
    upk.takes_back(consent)

    for _ in range(9):
        papers.work()
        if papers.row(asked_for["id"]).status == "failed":
            break

    assert papers.row(asked_for["id"]).failed_because == "no_consent"


def test_what_told_more_than_is_open_now_is_hidden_and_made_anew(upk, papers):
    named = upk.may_see("totals", "loans", "members.named")
    one = issued(upk, papers)
    upk.takes_back(named)
    upk.may_see("totals")

    assert upk.phone.gets(papers.path)["results"] == []
    assert upk.phone.gets(f"{papers.path}/{one.id}/pdf").status == 404
    anew = issued(upk, papers)
    assert (anew.number, anew.version, anew.scopes) == (one.number, 2, ["totals"])
    assert upk.phone.gets(f"{papers.path}/{anew.id}/pdf").status == 200


def test_what_a_paper_opened_never_changes(upk, papers):
    from django.db import DatabaseError, transaction

    upk.may_see("totals")
    one = issued(upk, papers)

    def widened():
        with transaction.atomic():
            Statement.objects.filter(group_id=upk.group.id, id=one.id).update(scopes=["members.named"])

    with pytest.raises(DatabaseError, match="issued_stands"):
        upk.group.asks(widened)


# ── its facilities ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_portal_tells_the_lender_of_its_own_facilities_alone(upk):
    upk.may_see("totals")
    upk.group.is_promised(3_000_000, on="2026-01-12")

    answer = upk.phone.gets(f"{upk.group.kelompok.path}/portal/facilities?as_of=2026-05-20")

    [one] = answer["results"]
    assert (one["outstanding"]["principal"], one["arrears"], one["days_past_due"]) == (5_000_000, 1_095_000, 40)
    assert (one["next_due_on"], one["lender_id"]) == ("2026-06-10", str(upk.id))
    assert log(upk) == [("see_facilities", "totals")]
    every = upk.group.kelompok.budi.gets(f"{upk.group.kelompok.path}/portal/facilities")["results"]
    assert len(every) == 2


# ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def opened(upk):
    from members.models import User

    return desk(upk.group.kelompok, User.objects.get(username="bu.ratna"))


def test_her_page_tells_of_the_money_and_of_the_statements(upk, papers):
    upk.may_see("totals")
    one = issued(upk, papers)

    seen = opened(upk).opens("/portal")

    assert "Dana Anda Fasilitas no." in seen.words and "Rp5.000.000" in seen.words
    assert "! terlambat" in seen.words and "Ditarik Rp6.000.000 dari Rp12.000.000" in seen.words
    assert one.number in seen.words and seen.links(f"/dokumen/{one.id}")
    assert reverse("verify") in seen.source
    assert [what for what, _ in log(upk)] == ["see_portal", "see_facilities", "see_statements", "see_totals"]
    assert "Sisa dana Anda Rp5.000.000" in opened(upk).opens("/pendana").words


def test_she_asks_for_a_statement_and_takes_it_home_without_scripts(upk, papers):
    upk.may_see("totals")
    hers = opened(upk)

    sent = hers.sends("/dokumen/pendana", since=SINCE, until=UNTIL, language="id")
    assert "Sedang dibuat" in sent.words
    papers.work()

    seen = hers.opens(sent.onwards)
    assert "Laporan untuk pendana" in seen.words and "Unduh PDF" in seen.words
    assert "Terbitkan versi baru" not in seen.words and "Cabut" not in seen.words
    assert hers.client.get(f"{sent.onwards}/pdf").content.startswith(b"%PDF-")
    assert "001/LKP/" in hers.opens("/dokumen").words
    assert "ask_statement" in [what for what, _ in log(upk)]


def test_what_she_asks_wrongly_stands_in_the_form(upk):
    upk.may_see("totals")

    seen = opened(upk).sends("/dokumen/pendana", since=UNTIL, until=SINCE, language="id")

    assert seen.status == 400 and "Tidak boleh sesudah hari terakhir." in seen.words


def test_she_posts_to_no_other_page(upk, papers):
    upk.may_see()
    one = issued(upk, papers)

    for path in (f"/dokumen/{one.id}/cabut", f"/dokumen/{one.id}/versi", "/dokumen/minta"):
        assert opened(upk).sends(path, reason="salah").status == 403


def test_without_a_consent_her_pages_are_not_there(upk, papers):
    consent = upk.may_see()
    one = issued(upk, papers)
    upk.takes_back(consent)

    for path in ("/portal", "/dokumen", "/dokumen/pendana", f"/dokumen/{one.id}", f"/dokumen/{one.id}/pdf"):
        assert opened(upk).opens(path).status == 404


def test_others_paper_is_no_page_of_hers_and_hers_no_officers(upk, papers):
    upk.may_see()
    members = papers.issued()

    assert opened(upk).opens(f"/dokumen/{members.id}").status == 404
    assert opened(upk).opens(f"/dokumen/{members.id}/pdf").status == 404
    assert Browser(upk.group.kelompok).opens("document-lender").status == 404


def test_an_officer_asks_for_it_on_the_page_of_documents(upk, papers):
    upk.may_see()
    budi = Browser(upk.group.kelompok)
    given = {"kind": "lender", "member": "", "since": SINCE, "until": UNTIL, "language": "id"}

    assert "Pilih pendananya." in budi.sends_to(budi.url("document-ask"), given | {"lender": ""}).text
    sent = budi.sends_to(budi.url("document-ask"), given | {"lender": str(upk.id)})

    assert sent.status == 303
    papers.work()
    assert "Utang kepada pendana, akhir Rp5.000.000" in budi.at(sent.location).text


def test_an_officer_is_told_that_nobody_let_the_lender_in(upk):
    budi = Browser(upk.group.kelompok)
    given = {"kind": "lender", "lender": str(upk.id), "member": "", "since": SINCE, "until": UNTIL, "language": "id"}

    seen = budi.sends_to(budi.url("document-ask"), given)

    assert seen.status == 409 and "beri izin dahulu" in seen.text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda content: content, "ASLI dan berlaku"),
        (lambda content: content[:-200] + b"0" + content[-199:], "TIDAK ASLI"),
        (lambda content: b"%PDF-1.7 karangan", "TIDAK DIKENAL"),
    ],
)
def test_whoever_uploads_it_is_told_what_it_is(upk, papers, change, said):
    upk.may_see()
    content = papers.file(issued(upk, papers))

    file = SimpleUploadedFile("laporan.pdf", change(content), "application/pdf")
    page = Client(headers={"host": "localhost"}).post(reverse("verify"), {"file": file})

    assert said in page.content.decode()


def test_the_page_asks_the_same_however_many_statements_there_are(upk, papers):
    upk.may_see()
    hers = opened(upk)
    issued(upk, papers)
    few = hers.questions("/portal")
    for until in ("2026-02-28", "2026-03-31"):
        issued(upk, papers, to=until)

    assert hers.questions("/portal") == few


# ── by itself ───────────────────────────────────────────────────────────────────────────────────────────────────────


def wanted(upk, first=MAY):
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    found = upk.group.asks(lambda: list(monthly.of_its_lenders(upk.group.group, first, last)))
    return [(one.kind, one.subject_id, one.address) for one in found]


def test_a_lender_that_is_let_in_gets_its_month_at_its_address(upk):
    assert wanted(upk) == []

    upk.may_see_from("2026-01-10", "totals")

    assert wanted(upk) == [("lender", upk.id, "upk@kunduran.example")]


def test_one_let_in_only_since_or_no_longer_gets_none(upk):
    upk.may_see_from("2026-06-01", "totals")
    upk.may_see_from("2026-01-10", "totals", last="2026-06-02")

    assert wanted(upk) == []


def test_one_that_promised_nothing_yet_gets_none(upk):
    upk.may_see_from("2025-12-01", "totals")

    assert wanted(upk, date(2025, 12, 1)) == []


def test_the_month_is_asked_for_once_and_goes_out_when_it_is_made(upk, papers):
    upk.may_see_from("2026-01-10", "totals")
    Group.objects.update(created_at=datetime(2026, 1, 1, tzinfo=UTC))

    for _ in range(2):
        monthly.issue(MAY, group_id=upk.group.id)
    papers.work("reports.issue")

    def made():
        found = issuing.statements(upk.group.id).filter(kind="lender")
        return [
            (one.since, one.until, [d.address for d in delivering.deliveries(one.group_id, one.id)]) for one in found
        ]

    assert upk.group.asks(made) == [(MAY, date(2026, 5, 31), ["upk@kunduran.example"])]
    assert Job.objects.filter(task="reports.deliver").count() == 1
