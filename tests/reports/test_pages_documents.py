"""Dokumen on pages: asked for, watched while it is made, taken home; and verified by anybody."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.pages import Browser
from tests.reports.papers import Papers


@pytest.fixture
def budi(papers) -> Browser:
    return Browser(papers.kelompok)


@pytest.fixture
def dewi(papers) -> Browser:
    return Browser(papers.kelompok, "dewi")


def form(papers: Papers, **changes):
    member = str(papers.kelompok.members["dewi"])
    given = {"kind": "member", "member": member, "since": "2026-01-01", "until": "2026-03-31", "language": "id"}
    return given | changes


def asked(papers: Papers, budi: Browser) -> str:
    """The address of the paper that he asked for."""
    answer = budi.sends_to(budi.url("document-ask"), form(papers))
    assert answer.status == 303, answer.text
    return answer.location


def test_an_officer_asks_watches_and_takes_it_home_without_scripts(papers, budi):
    address = asked(papers, budi)
    response = budi.client.get(address)
    assert response.headers["Refresh"] == "3"
    assert "Sedang dibuat" in budi.at(address).text
    assert budi.client.get(budi.url("documents")).headers["Refresh"] == "3"

    papers.work()

    response = budi.client.get(address)
    assert "Refresh" not in response.headers
    assert "Unduh PDF" in budi.at(address).text and "Rp50.000" in budi.at(address).text
    file = budi.client.get(f"{address}/pdf")
    assert (file.status_code, file.headers["Content-Type"]) == (200, "application/pdf")
    assert file.content.startswith(b"%PDF-") and file.headers["Cache-Control"] == "no-store"
    listed = budi.opens("documents").text
    assert "001/LSP/" in listed and "Dewi" in listed and "Berlaku" in listed


def test_a_member_gets_her_own_paper_from_her_own_page(papers, dewi):
    assert dewi.url("document-mine") in dewi.opens("me").html

    answer = dewi.sends_to(dewi.url("document-mine"), {})

    assert answer.status == 303
    papers.work()
    assert "Unduh PDF" in dewi.at(answer.location).text
    assert dewi.client.get(f"{answer.location}/pdf").content.startswith(b"%PDF-")
    assert "Terbitkan versi baru" not in dewi.at(answer.location).text
    assert "001/LSP/" in dewi.opens("documents").text


def test_a_members_browser_sees_no_others_paper_and_asks_for_nobody(papers, budi, dewi):
    other = papers.issued("yuni")

    assert dewi.opens("document", statement_id=other.id).status == 404
    assert dewi.opens("document-pdf", statement_id=other.id).status == 404
    assert dewi.opens("document-ask").status == 403
    assert dewi.opens("document-reissue", statement_id=other.id).status == 403
    assert "Yuni" not in dewi.opens("documents").text


def test_a_form_that_is_wrong_says_where(papers, budi):
    address = budi.url("document-ask")

    assert "Pilih anggotanya." in budi.sends_to(address, form(papers, member="")).text
    assert "Tidak boleh sesudah" in budi.sends_to(address, form(papers, since="2026-04-01")).text
    refused = budi.sends_to(address, form(papers, until="2199-01-01"))
    assert refused.status == 409 and "belum tiba" in refused.text


def test_a_next_version_and_a_revocation_have_a_reason(papers, budi):
    one = papers.issued()
    address = budi.url("document-reissue", statement_id=one.id)
    assert budi.sends_to(address, {"reason": ""}).status == 400

    answer = budi.sends_to(address, {"reason": "nama salah tulis"})
    papers.work()

    assert "Sudah diganti" in budi.opens("document", statement_id=one.id).text
    assert "nama salah tulis" in budi.at(answer.location).text and "versi 2" in budi.at(answer.location).text
    following = answer.location.rsplit("/", 1)[1]
    assert budi.sends_to(budi.url("document-revoke", statement_id=following), {"reason": "salah"}).status == 303
    assert "Sudah dicabut" in budi.at(answer.location).text


def test_what_could_not_be_made_says_why_and_can_be_tried_again(papers, budi):
    from reports.models import Statement

    one = papers.row(papers.asks()["id"])
    papers.kelompok.asks(
        lambda: Statement.objects.filter(id=one.id).update(status="failed", failed_because="took_too_long")
    )

    page = budi.opens("document", statement_id=one.id)

    assert "Terlalu lama dicetak" in page.text and "Coba buat lagi" in page.text
    assert "Gagal dibuat" in budi.opens("documents").text


def test_the_number_of_queries_does_not_grow_with_the_papers(papers, budi, django_assert_max_num_queries):
    for person in ("dewi", "yuni", "budi", "sari", "rina", "wati"):
        papers.asks(about=person)
    budi.opens("documents")
    with django_assert_max_num_queries(12):
        budi.opens("documents")


# ── anybody's page ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def anybody() -> Client:
    return Client(headers={"host": "localhost"}, raise_request_exception=False)


def text(response) -> str:
    return str(response.content.decode())


def test_a_code_shows_what_stands_without_a_login_or_a_name(papers, anybody):
    one = papers.issued()

    page = anybody.get(reverse("verify-code", args=[one.code]))

    assert page.status_code == 200 and len(page.content) <= 15 * 1024
    assert "Berlaku." in text(page) and one.number in text(page) and "JARBANGSRI" in text(page)
    assert "Rp50.000" in text(page) and bytes(one.head_hash).hex()[:12] in text(page)
    for name in ("Dewi", "Budi", "Sari", str(one.subject_id), str(one.id)):
        assert name not in text(page)
    assert "no-store" in page.headers["Cache-Control"]


def test_a_code_says_what_was_replaced_or_revoked(papers, anybody):
    one = papers.issued()
    following = papers.reissued(one)
    papers.revoked(following, "salah orang, Bu Dewi")

    assert "DIGANTI." in text(anybody.get(reverse("verify-code", args=[one.code])))
    page = text(anybody.get(reverse("verify-code", args=[following.code])))
    assert "DICABUT." in page and "Dewi" not in page


def test_an_unknown_code_is_told_so(papers, anybody):
    page = anybody.get(reverse("verify-code", args=["0" * 26]))
    assert page.status_code == 404 and "TIDAK DIKENAL." in text(page)
    assert anybody.get("/v?kode=xyz").status_code == 404
    one = papers.issued()
    found = anybody.get(f"/v?kode={one.code.upper()}")
    assert (found.status_code, found.headers["Location"]) == (302, f"/v/{one.code}")


def test_an_uploaded_file_is_genuine_or_not(papers, anybody):
    one = papers.issued()
    content = papers.file(one)

    def uploads(content: bytes):
        return anybody.post("/v", {"file": SimpleUploadedFile("a.pdf", content, "application/pdf")})

    good = uploads(content)
    assert good.status_code == 200 and len(good.content) <= 15 * 1024
    assert "ASLI dan berlaku." in text(good) and "segelnya utuh" in text(good) and "Dewi" not in text(good)
    assert "TIDAK ASLI." in text(uploads(content + b"\n"))
    assert "TIDAK DIKENAL." in text(uploads(b"%PDF-1.7"))
    wrong = uploads(b"GIF89a")
    assert wrong.status_code == 400 and "bukan PDF" in text(wrong)
    assert anybody.post("/v", {}).status_code == 400


def test_whoever_tries_codes_waits(papers, anybody, monkeypatch):
    from django.conf import settings

    monkeypatch.setattr(settings, "VERIFICATIONS", "3/min")

    statuses = [anybody.get(f"/v/{'0' * 25}{n}").status_code for n in range(4)]

    assert statuses == [404, 404, 404, 429]


def test_who_verifies_is_told_that_something_came_after_it(papers):
    one = papers.issued()
    file = papers.file(one)

    def looked():
        upload = SimpleUploadedFile("a.pdf", file, content_type="application/pdf")
        return Client(headers={"host": "localhost"}).post(reverse("verify"), {"file": upload}).content.decode()

    assert "Sesudah itu ada catatan baru" not in looked()
    papers.lending.saves("dewi", 1_000, on="2026-02-02")

    assert "Sesudah itu ada catatan baru" in looked()
    assert "ASLI dan berlaku" in looked()


def test_every_sum_on_the_page_of_a_paper_is_named_in_indonesian(papers, budi):
    from reports import words

    said = words.totals(dict.fromkeys([*words.TOTALS, "savings_wajib", "principal_1", "principal_1-1210"], 1))
    assert [name for name, _ in said] == [*words.TOTALS.values(), "Sisa pokok pinjaman 1", "Simpanan wajib"]
