"""What a lender was shown: written down before it is shown, by the one way that API and pages share; read by the
officers, and by the member whom it showed."""

from typing import Any

import psycopg
import pytest

from ledger import proofs
from ledger.context import in_book
from ledger.tasks import reader
from members import access, queries, sights
from members.access import ACTS, LENDER, OPENED_BY, WHOSE
from members.models import SCOPES, Disclosure
from members.page import Page, Sitting
from tests.conftest import owner_connection
from tests.door import Kelompok
from tests.loans.lending import Lending
from tests.members.desk import desk
from tests.members.lent import Bank
from tests.pages import Browser

BORROWERS = "/portal/members"
LENT = "/portal/loans"


@pytest.fixture
def lending(books) -> Any:
    return Lending.opened()


@pytest.fixture
def borrowed(lending) -> Any:
    """Dewi and Yuni have borrowed."""
    lending.lends("dewi")
    lending.lends("yuni")
    return lending


# ── the table ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_act_of_a_lender_says_which_scopes_open_it():
    assert {act for act, who in ACTS.items() if LENDER in who} == set(OPENED_BY)
    assert set(WHOSE) <= set(OPENED_BY)
    assert {scope for opens in OPENED_BY.values() for scope in opens} == set(SCOPES)


def test_a_lenders_seat_that_was_not_asked_for_opens_nothing(kelompok):
    bank = Bank.of(kelompok, *SCOPES)
    seat = queries.seats(bank.user).get()

    assert [act for act in ACTS if access.may(seat, act)] == []
    assert access.titles(seat) == {LENDER}


def test_a_lenders_seat_is_no_operators_whatever_the_user_is(kelompok):
    bank = Bank.of(kelompok, "totals")
    bank.user.is_operator = True
    seat = access.seat(bank.user, kelompok.id)

    assert access.titles(seat) == {LENDER}


# ── the log ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_read_is_in_the_log_with_its_scope_and_consent(kelompok):
    bank = Bank.of(kelompok)
    consent = bank.may_see("totals")

    assert bank.sees("/portfolio").status == 200

    [one] = bank.log
    assert (one["scope"], one["what"], one["consent_id"]) == ("totals", "see_totals", str(consent))
    assert (one["lender"], one["user_id"], one["subject_id"]) == ("Bank Jateng", str(bank.user.id), None)
    assert one["day"] == str(bank.today)


def test_a_read_that_says_whose_a_loan_is_stands_there_under_both_scopes(borrowed):
    bank = Bank.of(borrowed.kelompok, "loans", "members.named")

    bank.sees(LENT)

    assert [(one["what"], one["scope"]) for one in bank.log] == [("see_lent", "loans"), ("see_lent", "members.named")]


def test_a_read_is_noted_under_the_consent_that_opens_it(kelompok):
    bank = Bank.of(kelompok)
    totals, names = bank.may_see("totals"), bank.may_see("members.named")

    bank.sees("/portfolio")
    bank.sees(BORROWERS)

    assert [(one["scope"], one["consent_id"]) for one in bank.log] == [
        ("totals", str(totals)),
        ("members.named", str(names)),
    ]


def test_what_was_refused_was_not_shown(kelompok):
    bank = Bank.of(kelompok, "totals")

    assert bank.sees(LENT).status == 403
    assert bank.sees("/members").status == 403
    assert bank.sees("/portfolio?as_of=kemarin").status == 400

    assert bank.log == []


def test_what_has_not_changed_is_noted_again(kelompok):
    bank = Bank.of(kelompok, "totals")
    tag = bank.sees("/portfolio").headers["ETag"]

    same = bank.phone.gets(f"{kelompok.path}/portfolio", If_None_Match=tag)

    assert same.status == 304
    assert len(bank.log) == 2


def test_the_directory_is_noted_too(kelompok):
    bank = Bank.of(kelompok, "totals")

    assert [one["name"] for one in bank.phone.gets("groups")["results"]] == ["JARBANGSRI"]

    assert [one["what"] for one in bank.log] == ["see_group"]


def test_the_log_is_read_by_lender_and_by_the_page(kelompok):
    bank = Bank.of(kelompok, "totals")
    other = Bank.of(kelompok, "totals", username="pak.joko", name="UPK Kunduran")
    for _ in range(3):
        bank.sees("/portfolio")
    other.sees("/portfolio")

    path = f"{kelompok.path}/access-log"
    first = kelompok.budi.gets(f"{path}?limit=2")
    assert [one["lender"] for one in first["results"]] == ["Bank Jateng"] * 2
    rest = kelompok.budi.gets(f"{path}?cursor={first['next']}")
    assert [one["lender"] for one in rest["results"]] == ["Bank Jateng", "UPK Kunduran"]
    assert [one["lender"] for one in kelompok.budi.gets(f"{path}?lender_id={other.id}")["results"]] == ["UPK Kunduran"]


def test_the_log_knows_nothing_of_the_neighbours(kelompok, neighbours):
    bank = Bank.of(neighbours, "totals")
    bank.sees("/portfolio")

    assert kelompok.budi.gets(f"{kelompok.path}/access-log?lender_id={bank.id}")["results"] == []


def test_a_lender_changes_nothing_whatever_the_table_says(kelompok, monkeypatch):
    """Were a writing act ever given to lenders by mistake, the door would still be shut."""
    bank = Bank.of(kelompok, "totals")
    monkeypatch.setitem(ACTS, "change_group", ACTS["change_group"] | {LENDER})
    monkeypatch.setitem(OPENED_BY, "change_group", SCOPES)

    refused = bank.phone.patches(kelompok.path, {"village": "Cibodas"})

    assert (refused.status, refused.code) == (403, "not_allowed")


# ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_page_a_lender_opens_is_in_the_log(kelompok):
    bank = Bank.of(kelompok, "totals")
    browser = desk(kelompok, bank.user)

    assert browser.client.get(f"/k/{kelompok.id}/portal").status_code == 200

    assert "see_portal" in {one["what"] for one in bank.log}


def test_a_page_is_shut_without_a_consent_and_to_every_post(kelompok):
    bank = Bank.of(kelompok)
    browser = desk(kelompok, bank.user)
    assert browser.client.get(f"/k/{kelompok.id}/portal").status_code == 404
    bank.may_see("totals")

    assert browser.client.post(f"/k/{kelompok.id}/portal").status_code == 403
    assert bank.log == []


def test_a_page_cannot_ask_an_endpoint_behind_the_logs_back(kelompok):
    bank = Bank.of(kelompok, "totals")
    seat = access.seat(bank.user, kelompok.id)
    sitting = Sitting(None, seat, bank.today)  # type: ignore[arg-type]

    in_book(kelompok.id, bank.user.id, lambda: sitting.ask("portfolio"))

    assert [one["what"] for one in bank.log] == ["see_totals"]


def test_a_page_of_its_own_making_is_noted_before_it_runs(kelompok, rf):
    """Whatever a page does with `get`: it comes in by `dispatch`, and there it is written down."""
    bank = Bank.of(kelompok, "totals")

    class Careless(Page):
        act = "see_group"

        def get(self, request, **path):
            from django.http import HttpResponse

            return HttpResponse("everything")

    client = desk(kelompok, bank.user).client
    request = rf.get("/anywhere")
    request.user, request.session = bank.user, client.session

    assert Careless.as_view()(request, group_id=kelompok.id).status_code == 200
    assert [one["what"] for one in bank.log] == ["see_group"]


# ── what the member is told ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("scopes", "path", "told"),
    [
        (("loans",), LENT, []),
        (("loans", "members.pseudonym"), LENT, ["loans"]),
        (("loans", "members.named"), LENT, ["loans"]),
        (("members.pseudonym",), BORROWERS, ["loans", "savings"]),
        (("members.named",), BORROWERS, ["loans", "savings"]),
        (("totals",), "/portal", []),
    ],
)
def test_a_member_is_told_what_a_lender_was_shown_of_her(borrowed, scopes, path, told):
    group = borrowed.kelompok
    bank = Bank.of(group, *scopes)

    assert bank.sees(path).status == 200
    assert bank.sees(path).status == 200

    seen = group.phones["dewi"].gets(f"{group.path}/members/{group.members['dewi']}/sights")["results"]
    assert sorted(one["what"] for one in seen) == told
    assert {(one["name"], one["role"], one["number"]) for one in seen} <= {("Bank Jateng", "lender", None)}


def test_she_reads_the_lenders_name_also_when_nobody_signs_in_for_it_any_more(borrowed):
    group = borrowed.kelompok
    bank = Bank.of(group, "members.named")
    bank.sees(BORROWERS)
    assert group.budi.deletes(f"{group.path}/lenders/{bank.id}/login/{bank.user.id}").status == 204

    page = Browser(group, "dewi").client.get(f"/k/{group.id}/anggota/{group.members['dewi']}/dilihat").content.decode()

    assert "Bank Jateng" in page and "Pendana" in page
    assert "Yang dulu pengurus" not in page


@pytest.mark.parametrize(
    ("scopes", "number", "name"),
    [((), None, None), (("members.pseudonym",), "5", None), (("members.named",), "5", "Dewi")],
)
def test_whose_a_loan_is_stands_there_as_far_as_the_consent_says(borrowed, scopes, number, name):
    bank = Bank.of(borrowed.kelompok, "loans", *scopes)

    answer = bank.sees(LENT)

    assert answer["results"][0]["member"] == {"number": number, "name": name}
    assert ("Dewi" in str(answer.body)) == (name is not None)


def test_the_number_alone_tells_no_name(borrowed):
    bank = Bank.of(borrowed.kelompok, "members.pseudonym")

    answer = bank.sees(BORROWERS)

    assert {one["member"]["name"] for one in answer["results"]} == {None}
    assert "5" in {one["member"]["number"] for one in answer["results"]}
    for person in ("Budi", "Sari", "Rina", "Wati", "Dewi", "Yuni"):
        assert person not in str(answer.body)


def test_to_show_many_asks_no_more_than_to_show_few(borrowed):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    group = borrowed.kelompok
    bank = Bank.of(group, *SCOPES)

    def asked(path: str) -> int:
        bank.sees(path)
        with CaptureQueriesContext(connection) as found:
            assert bank.sees(path).status == 200
        return len(found)

    few = {path: asked(path) for path in ("/portal", LENT, BORROWERS)}
    for number in range(4):
        group.joins(f"ida{number}")
        borrowed.lends(f"ida{number}")
    assert {path: asked(path) for path in few} == few


# ── what the books prove ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def lived(scratch) -> tuple[Kelompok, Bank]:
    """A bank that saw sums and names before its consent was taken back, committed."""
    group = Kelompok.opened()
    bank = Bank.of(group, "totals", "members.named")
    for path in ("", "/portfolio", BORROWERS):
        assert bank.sees(path).status == 200
    [given] = group.budi.gets(f"{group.path}/consents")["results"]
    group.budi.deletes(f"{group.path}/consents/{given['id']}")
    assert bank.sees("/portfolio").status == 404
    return group, bank


def found() -> set[str]:
    with reader() as connection:
        return {one.invariant[:3] for one in proofs.prove(connection, None)}


DAMAGES = [
    "update members_disclosure set scope = 'loans' where what = 'see_totals'",
    "update members_disclosure set lender_id = group_id",
    "update members_disclosure set at = at + interval '1 hour', day = day where scope = 'totals'",
    "update members_disclosure set day = day - 1",
    "update members_disclosure set consent_id = group_id",
    "update members_disclosure set user_id = group_id",
    "update members_consent set revoked_at = given_at",
    "update members_consent set scopes = '{members.named}'",
    "update members_consent set to_on = from_on - 1, from_on = from_on - 1",
    "delete from members_disclosure where scope = 'members.named'",
    "delete from members_seatevent where lender_id is not null",
]


def test_what_was_shown_under_consents_proves_whole(lived):
    assert found() == set()


@pytest.mark.parametrize("damage", DAMAGES)
def test_whatever_is_falsified_of_it_is_found(lived, scratch, damage):
    group, _ = lived
    with owner_connection(scratch) as owner:
        owner.execute(f"set app.group_id = '{group.id}'")
        for table in ("members_disclosure", "members_consent", "members_seatevent"):
            owner.execute(f"alter table {table} disable trigger user")
        owner.execute("alter table members_disclosure drop constraint members_disclosure_consent_id_in_group")
        owner.execute(damage)

    assert found() == {"I23"}


def test_nobody_rewrites_the_log(lived, scratch):
    group, _ = lived
    with owner_connection(scratch) as owner:
        owner.execute(f"set app.group_id = '{group.id}'")
        for statement in ("update members_disclosure set what = 'x'", "delete from members_disclosure"):
            with pytest.raises(psycopg.errors.RaiseException, match="append_only"):
                owner.execute(statement)
    assert group.asks(lambda: Disclosure.objects.count()) == 3


def test_the_database_says_itself_when_it_was(kelompok):
    bank = Bank.of(kelompok)
    consent = bank.may_see("totals")
    made = {"group_id": kelompok.id, "lender_id": bank.id, "user_id": bank.user.id, "consent_id": consent}

    def act() -> bool:
        one = Disclosure.objects.create(
            **made, scope="totals", what="see_totals", day=bank.today, at="2020-01-01T00:00:00Z"
        )
        one.refresh_from_db()
        return one.at.year > 2020

    assert kelompok.asks(act)


def test_sights_of_lenders_are_one_a_day_and_kind(borrowed):
    group = borrowed.kelompok
    bank = Bank.of(group, "loans", "members.named")
    for _ in range(3):
        bank.sees(LENT)

    seen = group.asks(lambda: sights.seen(group.id, group.members["dewi"]))

    assert [(one.what, one.by.name) for one in seen] == [("loans", "Bank Jateng")]
