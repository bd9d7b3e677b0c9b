"""The statements' door: what works, whose it is, what is malformed, what is sent twice."""

from datetime import timedelta
from hashlib import sha256

import pytest
from django.utils import timezone

from ledger import jobs
from ledger.ids import uuid7
from reports import proving
from tests.reports.papers import SINCE, UNTIL, Papers

# ── works ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_asking_answers_202_and_the_paper_comes_with_a_file(papers):
    asked = papers.asks()

    assert asked.status == 202
    assert (asked["status"], asked["from"], asked["to"], asked["version"]) == ("queued", SINCE, UNTIL, 1)
    assert (asked["sha256"], asked["head"], asked["totals"], asked["pages"]) == (None, None, None, None)
    early = papers.phone("budi").gets(f"{papers.path}/{asked['id']}/pdf")
    assert (early.status, early.code) == (409, "not_ready")

    papers.work()

    found = papers.phone("budi").gets(f"{papers.path}/{asked['id']}")
    assert (found["status"], found["pages"]) == ("ready", 1)
    assert found["totals"]["savings_closing"] == 50_000
    assert found["head"] == papers.phone("budi").gets(f"{papers.kelompok.path}/ledger/head").body
    file = papers.phone("budi").gets(f"{papers.path}/{asked['id']}/pdf")
    assert (file.status, file.headers["Content-Type"]) == (200, "application/pdf")
    assert sha256(file.body).hexdigest() == found["sha256"] != found["unsigned_sha256"]
    assert file.headers["Content-Disposition"].startswith('attachment; filename="001-LSP-')
    assert "no-store" in file.headers["Cache-Control"]
    assert papers.phone("budi").gets(f"{papers.path}/{asked['id']}/pdf").body == file.body


def test_the_list_tells_states_and_can_be_narrowed(papers):
    one = papers.issued()
    waiting = papers.asks(about="yuni")

    found = papers.phone("budi").gets(papers.path)["results"]

    assert [(row["id"], row["status"]) for row in found] == [(str(one.id), "ready"), (waiting["id"], "queued")]
    narrowed = papers.phone("budi").gets(f"{papers.path}?status=queued&kind=member")["results"]
    assert [row["id"] for row in narrowed] == [waiting["id"]]


def test_the_number_of_queries_does_not_grow_with_the_papers(papers, django_assert_num_queries):
    papers.asks()
    phone = papers.phone("budi")
    phone.gets(papers.path)
    with django_assert_num_queries(3):
        phone.gets(papers.path)
    for person in ("yuni", "budi", "sari", "rina"):
        papers.asks(about=person)
    with django_assert_num_queries(3):
        phone.gets(papers.path)


def test_a_revoked_paper_says_so_and_why(papers):
    one = papers.issued()

    answer = papers.phone("sari").posts(f"{papers.path}/{one.id}/revoke", {"reason": "salah orang"})

    assert (answer.status, answer["status"], answer["revoked_because"]) == (200, "revoked", "salah orang")
    again = papers.phone("sari").posts(f"{papers.path}/{one.id}/revoke", {"reason": "salah orang"})
    assert (again.status, again.code) == (409, "not_issued")
    anew = papers.phone("sari").posts(f"{papers.path}/{one.id}/reissue", {"reason": "salah orang"})
    assert (anew.status, anew.code) == (409, "not_issued")
    assert papers.asks()["number"] != one.number


def test_a_paper_that_could_not_be_made_is_not_ready_and_says_why(papers, caplog, monkeypatch):
    from django.conf import settings

    monkeypatch.setattr(settings, "SEAL_KEY", "/nonexistent")
    asked = papers.asks()
    for _ in range(jobs.ATTEMPTS):
        jobs.run(papers.job(asked["id"]).id)

    found = papers.phone("budi").gets(f"{papers.path}/{asked['id']}")
    assert (found["status"], found["failed_because"]) == ("failed", "no_seal")
    assert papers.phone("budi").gets(f"{papers.path}/{asked['id']}/pdf").code == "not_issued"
    monkeypatch.undo()
    again = papers.phone("budi").posts(f"{papers.path}/{asked['id']}/reissue", {"reason": "coba lagi"})
    assert (again["id"], again["status"]) == (asked["id"], "queued")


# ── whose ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_member_asks_for_her_own_and_sees_no_others(papers):
    hers, other = papers.issued(), papers.issued("yuni")
    dewi = papers.phone("dewi")

    assert dewi.posts(papers.path, papers.body()).status == 202
    assert dewi.posts(papers.path, papers.body("yuni")).status == 404
    assert [row["id"] for row in dewi.gets(papers.path)["results"]] == [str(hers.id)]
    assert dewi.gets(f"{papers.path}/{hers.id}/pdf").status == 200
    assert dewi.gets(f"{papers.path}/{other.id}").status == 404
    assert dewi.gets(f"{papers.path}/{other.id}/pdf").status == 404
    for act in ("reissue", "revoke"):
        answer = dewi.posts(f"{papers.path}/{hers.id}/{act}", {"reason": "tidak suka"})
        assert (answer.status, answer.code) == (403, "not_allowed")


def test_the_supervisor_reads_and_asks_and_neither_reissues_nor_revokes(papers):
    one, wati = papers.issued(), papers.phone("wati")

    assert wati.posts(papers.path, papers.body("yuni")).status == 202
    assert wati.gets(f"{papers.path}/{one.id}/pdf").status == 200
    assert wati.posts(f"{papers.path}/{one.id}/revoke", {"reason": "x"}).status == 403


def test_another_group_and_a_stranger_see_nothing(papers):
    one = papers.issued()
    other = Papers.opened("b")
    stranger = type(papers.phone("budi"))()

    for address in (papers.path, f"{papers.path}/{one.id}", f"{papers.path}/{one.id}/pdf"):
        assert other.phone("budi").gets(address).status == 404
        assert stranger.gets(address).status == 401
    assert other.phone("budi").gets(f"{other.path}/{one.id}").status == 404
    assert other.phone("budi").posts(other.path, papers.body()).status == 404


def test_whoever_fetches_her_paper_is_told_to_her(papers):
    one = papers.issued()
    papers.phone("sari").gets(f"{papers.path}/{one.id}/pdf")
    papers.phone("dewi").gets(f"{papers.path}/{one.id}/pdf")

    member = papers.kelompok.members["dewi"]
    seen = papers.phone("dewi").gets(f"{papers.kelompok.path}/members/{member}/sights")["results"]
    assert sorted((row["name"], row["what"]) for row in seen) == [("Sari", "loans"), ("Sari", "savings")]


# ── malformed ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"kind": "diary"}, "/kind", "invalid"),
        ({"kind": None}, "/kind", "required"),
        ({"subject_id": "dewi"}, "/subject_id", "invalid"),
        ({"to": "31-03-2026"}, "/to", "invalid"),
        ({"to": None}, "/to", "required"),
        ({"from": "2026-04-01"}, "/from", "invalid"),
        ({"language": "jv"}, "/language", "invalid"),
        ({"status": "ready"}, "/status", "unknown_field"),
        ({"group_id": str(uuid7())}, "/group_id", "unknown_field"),
    ],
)
def test_what_is_malformed_is_named(papers, changes, pointer, code):
    answer = papers.asks(**changes)

    assert (answer.status, answer.pointers) == (400, {pointer: code})


def test_a_subject_that_is_not_there_and_a_day_to_come_are_refused(papers):
    assert papers.asks(subject_id=str(uuid7())).status == 404
    assert papers.asks(subject_id=None).status == 404
    tomorrow = timezone.localdate() + timedelta(days=2)
    answer = papers.asks(to=tomorrow.isoformat())
    assert (answer.status, answer.code) == (409, "future_date")


def test_a_reason_is_needed(papers):
    one = papers.issued()

    for act in ("reissue", "revoke"):
        assert papers.phone("budi").posts(f"{papers.path}/{one.id}/{act}", {}).pointers == {"/reason": "required"}
        assert papers.phone("budi").posts(f"{papers.path}/{one.id}/{act}", {"reason": " "}).status == 400


# ── repeated ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_key_makes_a_repeated_request_one(papers):
    key, phone = uuid7(), papers.phone("budi")

    first, second = (phone.posts(papers.path, papers.body(), key=key) for _ in range(2))

    assert first.body == second.body
    assert second.headers["Idempotency-Replayed"] == "true"
    papers.work()
    third = phone.posts(papers.path, papers.body(), key=key)
    assert (third.status, third["id"], third["status"]) == (202, first["id"], "ready")


# ── anybody verifies ────────────────────────────────────────────────────────────────────────────────────────────────


def sends(papers, content: bytes, name: str = "file"):
    mark = "----lumbung"
    head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="a.pdf"\r\n'
    raw = f"{head}Content-Type: application/pdf\r\n\r\n".encode() + content + f"\r\n--{mark}--\r\n".encode()
    phone = type(papers.phone("budi"))()
    return phone.sends("POST", "statements/verify", raw=raw, content_type=f"multipart/form-data; boundary={mark}")


def test_a_file_that_was_issued_is_genuine_and_the_books_still_say_it(papers):
    one = papers.issued()
    papers.lending.saves("dewi", 9_000, on="2026-02-01")

    answer = sends(papers, papers.file(one))

    assert (answer.status, answer["result"], answer["number"]) == (200, "genuine", one.number)
    assert answer["checks"] == {"signature": True, "chain": True, "totals": True}
    assert answer["totals"] == one.totals
    assert answer["period"] == {"from": SINCE, "to": UNTIL}
    assert "Dewi" not in str(answer.body)


def test_what_was_replaced_revoked_altered_or_never_issued_is_told(papers):
    one = papers.issued()
    content = papers.file(one)
    following = papers.reissued(one)

    assert sends(papers, content)["result"] == "replaced"
    assert sends(papers, papers.file(following))["result"] == "genuine"
    papers.revoked(following)
    assert sends(papers, papers.file(following))["result"] == "revoked"
    altered = sends(papers, content + b"\n")
    assert (altered["result"], altered["checks"]) == ("altered", None)
    unknown = sends(papers, b"%PDF-1.7\n%%EOF\n")
    assert (unknown["result"], unknown["number"]) == ("unknown", None)


def test_what_is_no_pdf_or_too_large_is_refused(papers):
    answer = sends(papers, b"GIF89a")
    assert (answer.status, answer.code) == (400, "not_a_pdf")
    answer = sends(papers, b"")
    assert answer.status == 400
    answer = sends(papers, b"%PDF-1.7" + bytes(proving.LARGEST))
    assert (answer.status, answer.code) == (413, "too_large")
    answer = sends(papers, b"%PDF-1.7" + bytes(proving.LARGEST + 100_000))
    assert (answer.status, answer.code) == (413, "too_large")
    assert sends(papers, b"%PDF-1.7", name="berkas").status == 400
    phone = type(papers.phone("budi"))()
    assert phone.posts("statements/verify", {}).status == 415


def test_whoever_verifies_too_often_waits(papers, monkeypatch):
    from django.conf import settings

    monkeypatch.setattr(settings, "VERIFICATIONS", "3/min")

    answers = [sends(papers, b"%PDF-1.7") for _ in range(4)]

    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert "Retry-After" in answers[-1].headers
