"""A member asks about a line of her book, and an officer answers, on pages."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger.ids import uuid7
from members.models import Dispute
from tests.pages import Browser

WRONG = {"what": "amount", "words": "saya setor 20.000, bukan 2.000"}
ANSWER = {"decision": "explained", "answer": "Setoran itu milik Bu Yuni"}


def her(lending, person="dewi"):
    return {"member_id": lending.kelompok.members[person]}


def entry_of(lending, person="dewi", amount=2_000):
    """The entry of a deposit of hers."""
    from savings import queries

    lending.saves(person, amount)
    member_id = lending.kelompok.members[person]
    return lending.asks(lambda: queries.passbook(lending.id, member_id).lines[-1].entry_id)


def asks(browser, lending, entry=None, *, person="dewi", key=None, **words):
    query = f"?k={key or uuid7()}" + (f"&catatan={entry}" if entry else "")
    return browser.sends_to(browser.url("ask-wrong", query, **her(lending, person)), WRONG | words)


def questions(lending):
    return lending.asks(lambda: list(Dispute.objects.filter(group_id=lending.id).order_by("id")))


# ── asking ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_she_sees_the_line_and_who_will_answer(lending, dewi):
    entry = entry_of(lending)

    seen = dewi.opens("ask-wrong", f"?catatan={entry}&k={uuid7()}", **her(lending)).text

    assert "Setor 8 Januari 2026 · Simpanan sukarela +Rp2.000" in seen
    assert "Yang menjawab: Budi (Bendahara), Sari (Ketua), Rina (Sekretaris)." in seen
    assert "Tanyakan ke pengurus" in seen


def test_her_question_reaches_the_officers(lending, dewi, budi):
    entry = entry_of(lending)

    sent = asks(dewi, lending, entry)

    [one] = questions(lending)
    assert (one.entry_id, one.text) == (entry, "Jumlahnya salah: saya setor 20.000, bukan 2.000")
    assert sent.location == dewi.url("dispute", dispute_id=one.id)
    assert "Pertanyaan Ibu sudah sampai ke pengurus." in dewi.at(sent.location).text
    assert "Dewi Jumlahnya salah: saya setor 20.000, bukan 2.000" in budi.opens("disputes").text


def test_what_is_missing_needs_no_line(lending, dewi):
    sent = asks(dewi, lending, what="missing", words="setoran 5 Maret")

    assert sent.status == 303
    assert [(one.entry_id, one.text) for one in questions(lending)] == [
        (None, "Ada yang belum dicatat: setoran 5 Maret")
    ]


def test_a_chip_is_enough_but_for_the_last(lending, dewi):
    assert asks(dewi, lending, entry_of(lending), words="").status == 303
    refused = asks(dewi, lending, what="other", words="")

    assert refused.status == 400
    assert "Tulis sedikit, supaya pengurus mengerti." in refused.text
    assert len(questions(lending)) == 1


def test_the_same_form_twice_asks_once(lending, dewi):
    entry, key = entry_of(lending), uuid7()

    first, again = (asks(dewi, lending, entry, key=key) for _ in range(2))

    assert first.location == again.location
    assert len(questions(lending)) == 1


def test_what_was_asked_already_is_shown_instead_of_the_form(lending, dewi):
    entry = entry_of(lending)
    asks(dewi, lending, entry)

    seen = dewi.opens("ask-wrong", f"?catatan={entry}&k={uuid7()}", **her(lending))

    assert "Ini sudah Ibu tanyakan, dan masih menunggu jawaban pengurus." in seen.text
    assert "Tanyakan ke pengurus" not in seen.text
    assert asks(dewi, lending, entry).status == 409
    assert len(questions(lending)) == 1
    assert "Sedang ditanyakan" in dewi.opens("me").text


def test_she_asks_about_her_own_lines_alone(lending, dewi):
    foreign = entry_of(lending, "yuni")

    assert dewi.opens("ask-wrong", f"?catatan={foreign}&k={uuid7()}", **her(lending)).status == 404
    assert dewi.opens("ask-wrong", f"?catatan=semua&k={uuid7()}", **her(lending)).status == 404
    assert asks(dewi, lending, foreign).status == 404
    assert questions(lending) == []


def test_nobody_asks_in_anothers_name(lending, dewi, budi):
    entry = entry_of(lending)

    assert dewi.opens("ask-wrong", f"?k={uuid7()}", **her(lending, "yuni")).status == 404
    assert budi.opens("ask-wrong", f"?catatan={entry}&k={uuid7()}", **her(lending)).status == 404
    assert asks(budi, lending, entry).status == 404


def test_an_instalment_of_interest_alone_can_be_asked_about(lending, dewi):
    taken = lending.lends(principal=400_000, installments=4, on="2026-01-10").pays(1_000, "2026-02-10")

    seen = dewi.opens("ask-wrong", f"?catatan={taken.repayment.entry_id}&k={uuid7()}", **her(lending))

    assert "Bayar angsuran 10 Februari 2026 · Pinjaman 1 −Rp1.000" in seen.text


# ── answering ───────────────────────────────────────────────────────────────────────────────────────────────────────


def question(lending, dewi, entry=None):
    asks(dewi, lending, entry) if entry else asks(dewi, lending, what="missing")
    return {"dispute_id": questions(lending)[-1].id}


def test_an_officer_answers_and_she_reads_it(lending, dewi, sari):
    one = question(lending, dewi, entry_of(lending))

    assert "Dijelaskan" not in dewi.opens("dispute", **one).text
    sent = sari.sends("dispute", ANSWER, **one)

    assert sent.status == 303
    seen = dewi.opens("dispute", **one).text
    assert "Dijelaskan Setoran itu milik Bu Yuni Sari ·" in seen
    assert "1 sudah dijawab" in dewi.opens("me").text


def test_it_can_be_answered_by_the_entry_that_put_it_right(lending, dewi, budi):
    entry = entry_of(lending)
    one = question(lending, dewi, entry)
    mirror = lending.takes_back(entry)

    seen = budi.opens("dispute", **one)
    assert f'value="{mirror.id}"' in seen.html
    sent = budi.sends(
        "dispute", {"decision": "corrected", "answer": "Sudah dibetulkan", "correction_id": mirror.id}, **one
    )

    assert sent.status == 303
    assert questions(lending)[0].correction_id == mirror.id
    assert "Dibetulkan Sudah dibetulkan Budi ·" in dewi.opens("dispute", **one).text
    assert "Koreksi no." in dewi.opens("dispute", **one).text


def test_another_members_correction_is_not_offered(lending, dewi, budi):
    mirror = lending.takes_back(entry_of(lending, "yuni"))
    one = question(lending, dewi, entry_of(lending))

    assert str(mirror.id) not in budi.opens("dispute", **one).html


def test_an_answer_needs_words_and_is_given_once(lending, dewi, sari, budi):
    one = question(lending, dewi)

    assert sari.sends("dispute", {"decision": "explained"}, **one).status == 400
    assert sari.sends("dispute", ANSWER, **one).status == 303
    refused = budi.sends("dispute", ANSWER | {"answer": "Lain"}, **one)

    assert refused.status == 409
    assert questions(lending)[0].answer == ANSWER["answer"]


def test_nobody_answers_her_own_question(lending, sari):
    asks(sari, lending, what="missing", person="sari")
    one = {"dispute_id": questions(lending)[0].id}

    seen = sari.opens("dispute", **one).text

    assert "Pertanyaan sendiri dijawab pengurus lain." in seen
    assert "Kirim jawaban" not in seen
    assert sari.sends("dispute", ANSWER, **one).status == 409


def test_the_supervisor_reads_and_does_not_answer(lending, dewi):
    one, wati = question(lending, dewi), Browser(lending.kelompok, "wati")

    assert "Kirim jawaban" not in wati.opens("dispute", **one).text
    assert wati.sends("dispute", ANSWER, **one).status == 403
    assert questions(lending)[0].answer is None


def test_a_member_sees_her_own_questions_and_no_other(lending, dewi, sari):
    asks(sari, lending, what="other", words="Punya Bu Sari", person="sari")
    foreign = {"dispute_id": questions(lending)[0].id}
    question(lending, dewi)

    assert "Punya Bu Sari" not in dewi.opens("disputes").html
    assert dewi.opens("dispute", **foreign).status == 404
    assert dewi.sends("dispute", ANSWER, **foreign).status == 404
    assert "Ada yang belum dicatat" in dewi.opens("disputes").text


def test_an_officer_finds_her_own_questions_among_all(lending, dewi, sari):
    question(lending, dewi)
    asks(sari, lending, what="other", words="Punya Bu Sari", person="sari")

    seen = sari.opens("disputes", "?punya=saya").text

    assert "Punya Bu Sari" in seen
    assert "Ada yang belum dicatat" not in seen


def test_what_waits_longest_stands_first_and_says_for_how_long(lending, dewi, budi):
    first = question(lending, dewi, entry_of(lending))
    question(lending, dewi)
    moved = questions(lending)[0].raised_at - timedelta(days=3)
    lending.asks(lambda: Dispute.objects.filter(id=first["dispute_id"]).update(raised_at=moved))
    answered = question(lending, dewi, entry_of(lending))
    budi.sends("dispute", ANSWER, **answered)

    seen = budi.opens("disputes").text

    assert "3 hari menunggu" in seen
    assert seen.index("Jumlahnya salah") < seen.index("Ada yang belum dicatat") < seen.index("Sudah dijawab")


def test_more_questions_cost_no_more(lending, dewi, budi):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert budi.opens("disputes").status == 200
        return len(queries)

    budi.sends("dispute", ANSWER, **question(lending, dewi, entry_of(lending)))
    question(lending, dewi, entry_of(lending))
    cost()
    few = cost()
    for _ in range(4):
        budi.sends("dispute", ANSWER, **question(lending, dewi, entry_of(lending)))
        question(lending, dewi, entry_of(lending))
    cost()  # reads what was said to her of her answers

    assert cost() == few


def test_a_neighbour_finds_no_question_here(lending, dewi, neighbours):
    one = question(lending, dewi)

    assert Browser(neighbours).at(dewi.url("dispute", **one)).status == 404
    assert Browser(neighbours).opens("dispute", **one).status == 404
