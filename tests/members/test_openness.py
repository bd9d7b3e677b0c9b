"""What the group is open about to a member: her questions are answered, and she sees who looked at her data."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import Error
from django.test.utils import CaptureQueriesContext

from ledger.ids import uuid7
from ledger.models import Command
from members import erasure, services
from members.models import Dispute, Sight
from tests.cast import CASH, MEALS, day
from tests.door import Answer, Kelompok
from tests.savings.cast import Savings

ANSWER = {"decision": "explained", "answer": "Setoran itu milik Bu Yuni"}


def asks(group: Kelompok, person: str = "dewi", text: str = "Saya setor 20.000, bukan 2.000", **more) -> Answer:
    return group.phones[person].posts(f"{group.path}/disputes", {"text": text} | more)


def answers(group: Kelompok, question: Answer, person: str = "sari", **more) -> Answer:
    return group.phones[person].posts(f"{group.path}/disputes/{question['id']}/answer", ANSWER | more)


def saves(group: Kelompok, person: str = "dewi", amount: int = 2_000) -> str:
    """The entry of a deposit of hers."""
    return str(Savings(group).deposits(person, amount).entry_id)


# ── questions ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_member_asks_about_a_line_of_hers_and_an_officer_answers(kelompok):
    entry = saves(kelompok)

    asked = asks(kelompok, entry_id=entry)
    answered = answers(kelompok, asked)

    assert (asked.status, asked["status"], asked["entry_id"]) == (201, "open", entry)
    assert (answered.status, answered["status"], answered["decision"]) == (201, "answered", "explained")
    assert (answered["answer"], answered["answered_by"]) == ("Setoran itu milik Bu Yuni", "Sari")
    [hers] = kelompok.phones["dewi"].gets(f"{kelompok.path}/disputes")["results"]
    assert hers == answered.body


def test_she_may_ask_about_nothing_in_particular(kelompok):
    asked = asks(kelompok, text="Kapan pertemuan berikutnya?")

    assert (asked.status, asked["entry_id"]) == (201, None)


@pytest.mark.parametrize("whose", ["yuni's", "the group's", "nobody's"])
def test_an_entry_that_is_not_about_her_is_not_there(kelompok, whose):
    entry = {
        "yuni's": lambda: saves(kelompok, "yuni"),
        "the group's": lambda: str(kelompok.has(50_000)["id"]),
        "nobody's": lambda: str(uuid7()),
    }[whose]()

    refused = asks(kelompok, entry_id=entry)

    assert (refused.status, refused.code) == (404, "not_found")
    assert kelompok.asks(lambda: Dispute.objects.count()) == 0


def test_an_instalment_that_paid_interest_alone_is_hers_as_well(kelompok):
    """On a cash basis it touches no account of hers, only the group's box and its income."""
    kelompok.has(1_000_000)
    body = {"member_id": str(kelompok.members["dewi"]), "principal": 120_000, "purpose": "Kedelai", "method": "flat"}
    terms = {"rate": {"percent": "1.5", "per": "month"}, "installments": 3}
    loan = f"{kelompok.path}/loans/{kelompok.budi.posts(f'{kelompok.path}/loans', body | terms)['id']}"
    for officer in ("sari", "rina"):
        kelompok.phones[officer].posts(f"{loan}/approvals", {"decision": "approve"})
    kelompok.budi.pays(f"{loan}/disbursement", {"disbursed_on": "2026-03-06"})
    paid = kelompok.budi.pays(f"{loan}/repayments", {"amount": 1_000, "paid_on": "2026-03-07"})
    assert paid["allocation"]["principal"] == 0

    assert asks(kelompok, entry_id=paid["entry_id"]).status == 201
    assert asks(kelompok, "sari", entry_id=paid["entry_id"]).status == 404


def test_one_question_about_the_same_line_waits_at_a_time(kelompok):
    entry = saves(kelompok)
    first = asks(kelompok, entry_id=entry)

    refused = asks(kelompok, entry_id=entry)

    assert (refused.status, refused.code) == (409, "dispute_waits")
    assert asks(kelompok).status == 201
    assert asks(kelompok).code == "dispute_waits"
    answers(kelompok, first)
    assert asks(kelompok, entry_id=entry, text="Masih belum benar").status == 201


def test_a_question_sent_twice_is_one(kelompok):
    key, body = uuid7(), {"text": "Belum tercatat"}
    dewi = kelompok.phones["dewi"]

    first = dewi.posts(f"{kelompok.path}/disputes", body, key=key)
    again = dewi.posts(f"{kelompok.path}/disputes", body, key=key)

    assert (again.status, again.body) == (201, first.body)
    assert "Belum" not in str(kelompok.asks(lambda: Command.objects.get(key=key).answer))


def test_a_correction_names_what_took_something_back(kelompok):
    movement = Savings(kelompok).deposits("dewi", 2_000)
    asked = asks(kelompok, entry_id=str(movement.entry_id))
    mirror = Savings(kelompok).takes_back(movement)

    answered = answers(kelompok, asked, decision="corrected", correction_id=str(mirror.id))

    assert (answered.status, answered["correction_id"]) == (201, str(mirror.id))


def test_an_entry_that_took_nothing_back_corrects_nothing(kelompok):
    entry = saves(kelompok)
    asked = asks(kelompok, entry_id=entry)

    for wrong in (entry, str(uuid7())):
        refused = answers(kelompok, asked, decision="corrected", correction_id=wrong)
        assert (refused.status, refused.code) == (404, "not_found")


def test_a_question_is_answered_once(kelompok):
    asked = asks(kelompok)
    answers(kelompok, asked)

    refused = answers(kelompok, asked, "rina")

    assert (refused.status, refused.code) == (409, "dispute_answered")


def test_an_officer_does_not_answer_her_own_question(kelompok):
    asked = asks(kelompok, "sari")

    refused = answers(kelompok, asked, "sari")

    assert (refused.status, refused.code) == (409, "own_dispute")
    assert answers(kelompok, asked, "rina").status == 201


def test_the_supervisor_sees_and_does_not_answer(kelompok):
    asked = asks(kelompok)
    wati = kelompok.phones["wati"]

    assert [one["id"] for one in wati.gets(f"{kelompok.path}/disputes")["results"]] == [asked["id"]]
    assert answers(kelompok, asked, "wati").status == 403


def test_officers_see_all_and_count_them_and_a_member_her_own(kelompok):
    first, _ = asks(kelompok), asks(kelompok, "sari")
    answers(kelompok, first)
    budi, dewi, path = kelompok.budi, kelompok.phones["dewi"], f"{kelompok.path}/disputes"

    assert (budi.gets(path)["open"], budi.gets(path)["answered"]) == (1, 1)
    assert len(budi.gets(path)["results"]) == 2
    assert [one["status"] for one in budi.gets(f"{path}?status=open")["results"]] == ["open"]
    assert (dewi.gets(path)["open"], dewi.gets(path)["answered"]) == (0, 1)
    assert dewi.gets(f"{path}?member_id={kelompok.members['sari']}").status == 404
    assert len(budi.gets(f"{path}?member_id={kelompok.members['dewi']}")["results"]) == 1


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/text", "required"),
        ({"text": "  "}, "/text", "invalid"),
        ({"text": "x" * 501}, "/text", "invalid"),
        ({"text": "x", "entry_id": "3"}, "/entry_id", "invalid"),
        ({"text": "x", "member_id": str(uuid7())}, "/member_id", "unknown_field"),
    ],
)
def test_a_malformed_question_is_refused_by_name(kelompok, body, pointer, code):
    refused = kelompok.phones["dewi"].posts(f"{kelompok.path}/disputes", body)

    assert (refused.status, refused.pointers) == (400, {pointer: code})


def test_an_explanation_has_no_correction(kelompok):
    refused = answers(kelompok, asks(kelompok), correction_id=str(uuid7()))

    assert (refused.status, refused.pointers) == (400, {"/correction_id": "invalid"})


def test_nobody_deletes_a_question(kelompok):
    asks(kelompok)

    with pytest.raises(Error, match="permission denied|delete"), transaction.atomic():
        kelompok.asks(lambda: Dispute.objects.all().delete())


def test_who_is_forgotten_takes_her_words_along(kelompok):
    answers(kelompok, asks(kelompok))
    others = asks(kelompok, "sari", text="Dewi belum membayar?")
    services_row = kelompok.row("dewi")
    kelompok.asks(lambda: services.leave(services_row, left_on=day("2026-03-30"), today=day("2026-03-31")))
    row = kelompok.row("dewi")
    kelompok.asks(lambda: erasure.forget(row))

    found = {one["id"]: one for one in kelompok.budi.gets(f"{kelompok.path}/disputes")["results"]}

    assert [(one["text"], one["answer"]) for one in found.values()] == [(None, None), (None, None)]
    assert [one["decision"] for one in found.values()] == ["explained", None]
    assert found[others["id"]]["status"] == "open"


# ── who looked ──────────────────────────────────────────────────────────────────────────────────────────────────────


def seen(group: Kelompok, person: str = "dewi", by: str = "dewi") -> list[tuple[str, str, str]]:
    found = group.phones[by].gets(f"{group.path}/members/{group.members[person]}/sights")
    assert found.status == 200
    return [(one["name"], one["role"], one["what"]) for one in found["results"]]


def member(group: Kelompok, person: str = "dewi") -> str:
    return f"{group.path}/members/{group.members[person]}"


def test_she_sees_which_officer_opened_what_of_hers(kelompok):
    movement = Savings(kelompok).deposits("dewi", 2_000)
    kelompok.budi.gets(member(kelompok))
    kelompok.phones["sari"].gets(f"{member(kelompok)}/passbook")
    kelompok.phones["wati"].gets(f"{kelompok.path}/savings/movements/{movement.id}")
    kelompok.phones["rina"].gets(f"{kelompok.path}/loans?member_id={kelompok.members['dewi']}")

    assert seen(kelompok) == [
        ("Rina", "secretary", "loans"),
        ("Wati", "supervisor", "savings"),
        ("Sari", "chair", "savings"),
        ("Budi", "treasurer", "profile"),
    ]
    assert seen(kelompok, by="budi") == seen(kelompok)


def test_a_balance_shows_savings_and_loans(kelompok):
    kelompok.budi.gets(f"{member(kelompok)}/balance")

    assert {what for _, _, what in seen(kelompok)} == {"savings", "loans"}


def test_a_loan_and_a_receipt_are_hers_as_well(kelompok):
    kelompok.has(1_000_000)
    body = {"member_id": str(kelompok.members["dewi"]), "principal": 120_000, "purpose": "Kedelai", "method": "flat"}
    terms = {"rate": {"percent": "1.5", "per": "month"}, "installments": 3}
    loan = kelompok.phones["dewi"].posts(f"{kelompok.path}/loans", body | terms)
    kelompok.phones["sari"].gets(f"{kelompok.path}/loans/{loan['id']}")
    kelompok.budi.gets(f"{kelompok.path}/receipts/{saves(kelompok)}")

    assert seen(kelompok) == [("Budi", "treasurer", "savings"), ("Sari", "chair", "loans")]


def test_the_same_look_on_the_same_day_is_one(kelompok):
    for _ in range(3):
        kelompok.budi.gets(member(kelompok))

    assert len(seen(kelompok)) == 1


def test_what_she_opens_herself_is_noted_nowhere(kelompok):
    kelompok.phones["dewi"].gets(f"{member(kelompok)}/passbook")
    kelompok.phones["sari"].gets(f"{member(kelompok, 'sari')}/passbook")

    assert kelompok.asks(lambda: Sight.objects.count()) == 0


def test_a_list_of_everybody_is_a_look_at_nobody(kelompok):
    for path in ("members", "savings/dues", "savings/movements", "loans", "arrears"):
        assert kelompok.budi.gets(f"{kelompok.path}/{path}").status == 200

    assert kelompok.asks(lambda: Sight.objects.count()) == 0


def test_a_look_that_was_refused_is_no_look(kelompok, neighbours):
    kelompok.phones["dewi"].gets(member(kelompok, "yuni"))
    neighbours.budi.gets(member(kelompok))

    assert kelompok.asks(lambda: Sight.objects.count()) == 0


def test_nobody_but_she_and_the_officers_sees_who_looked(kelompok):
    assert kelompok.phones["dewi"].gets(f"{member(kelompok, 'yuni')}/sights").status == 404


def test_tomorrows_look_is_another(kelompok):
    kelompok.budi.gets(member(kelompok))
    today = kelompok.asks(lambda: Sight.objects.get().day)
    assert today == services.today_in(kelompok.group)

    def yesterday() -> None:
        Sight.objects.create(
            group_id=kelompok.id,
            member_id=kelompok.members["dewi"],
            user_id=kelompok.budi.user.id,
            what="profile",
            day=today - timedelta(days=1),
        )

    kelompok.asks(yesterday)
    found = kelompok.budi.gets(f"{member(kelompok)}/sights")["results"]
    assert [one["day"] for one in found] == [str(today), str(today - timedelta(days=1))]


def test_who_looked_costs_the_same_however_many_looked(kelompok):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            kelompok.budi.gets(f"{member(kelompok)}/sights")
        return len(queries)

    kelompok.budi.gets(member(kelompok))
    one = cost()
    for person in ("sari", "rina", "wati"):
        kelompok.phones[person].gets(f"{member(kelompok)}/passbook")

    assert cost() == one


def test_recording_money_for_her_is_no_look(kelompok):
    body = {"paid_on": "2026-03-05", "deposits": [{"product": "sukarela", "amount": 5_000}]}

    assert kelompok.budi.pays(f"{member(kelompok)}/collections", body).status == 201
    assert kelompok.budi.pays(f"{kelompok.path}/ledger/entries", kelompok.journal(MEALS, CASH, 500)).status == 201
    assert seen(kelompok) == []
