"""What every paper is as a file: PDF/A-3a in structure, its data inside, its code readable from a grey copy, and
whatever people typed no more than text."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date

import pikepdf
import pypdfium2
import pytest
import zxingcpp

from reports import drawing
from reports.papers.alongside import as_csv
from reports.papers.frame import Correction, Signature, Table
from reports.press import Press
from tests.reports.samples import CODE, EARLIER, frame, loan, pages, statement, text


@pytest.fixture(scope="module")
def press():
    running = Press()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def drawn(press):
    return drawing.draw(statement(3, loans=[loan()]), press)


@pytest.fixture(scope="module")
def pdf(drawn):
    with pikepdf.open(io.BytesIO(drawn.pdf)) as opened:
        yield opened


# ── PDF/A-3a ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_claims_pdf_a_3a(pdf):
    told = ET.fromstring(pdf.Root.Metadata.read_bytes().split(b"?>", 1)[1].rsplit(b"<?xpacket", 1)[0])
    names = {name: value for one in told.iter() for name, value in one.attrib.items() if "pdfa/ns/id" in name}

    assert {name.rsplit("}")[-1]: value for name, value in names.items()} == {"part": "3", "conformance": "A"}


def test_its_colours_mean_something_elsewhere(pdf):
    [intent] = pdf.Root.OutputIntents

    assert intent.S == "/GTS_PDFA1"
    assert intent.DestOutputProfile.N == 3


def test_it_is_tagged_with_headings_tables_and_pictures_told_in_words(pdf):
    found: dict[str, int] = {}

    def walk(one):
        if isinstance(one, pikepdf.Array):
            for kid in one:
                walk(kid)
        elif isinstance(one, pikepdf.Dictionary) and "/S" in one:
            found[str(one.S)] = found.get(str(one.S), 0) + 1
            if one.S == "/Figure":
                assert one.Alt
            walk(one.get("/K", pikepdf.Array()))

    walk(pdf.Root.StructTreeRoot.K)

    assert pdf.Root.MarkInfo.Marked
    assert pdf.Root.Lang == "id"
    assert found["/H1"] == 1
    assert found["/Table"] >= 4
    assert found["/TH"] > 10 and found["/TD"] > 30


def test_its_fonts_are_embedded(pdf):
    fonts = [one for page in pdf.pages for one in page.Resources.Font.values()]

    assert fonts
    for one in fonts:
        for below in one.DescendantFonts:
            assert "/FontFile2" in below.FontDescriptor or "/FontFile3" in below.FontDescriptor
            assert "LumbungSans" in str(below.BaseFont).replace("-", "")


def test_its_data_go_along_and_say_what_they_are(pdf):
    files = {one.UF: one for one in pdf.Root.AF}

    assert set(map(str, files)) == {"lumbung.json", "simpanan.csv", "pinjaman.csv", "angsuran.csv"}
    assert {str(one.AFRelationship) for one in files.values()} == {"/Data"}


def test_the_data_are_those_of_the_paper(pdf):
    told = json.loads(pdf.attachments["lumbung.json"].get_file().read_bytes())
    rows = list(csv.reader(io.StringIO(pdf.attachments["simpanan.csv"].get_file().read_bytes().decode())))

    assert told["head"] == {"seq": 1284, "hash": "3f9a22c177de0b41" * 4}
    assert told["totals"] == {"savings_closing": 560_000}
    assert told["tables"]["simpanan"]["rows"][0] == [
        *("wajib", "2026-01-01", "JARB-2601-0010", "Setoran simpanan", 20_000, None, 520_000),
    ]
    assert rows[1] == ["wajib", "2026-01-01", "JARB-2601-0010", "Setoran simpanan", "20000", "", "520000"]


def test_a_text_is_no_formula_in_a_spreadsheet():
    table = Table("a", ("b",), (("=HYPERLINK(1)",), ("+1",), ("@a",), (-5,), ("biasa",)))

    assert as_csv(table).decode().split("\r\n") == ["b", "'=HYPERLINK(1)", "'+1", "'@a", "-5", "biasa", ""]


# ── what stands on it ───────────────────────────────────────────────────────────────────────────────────────────────


def test_whose_it_is_and_how_it_is_verified(drawn):
    first = pages(drawn.pdf)[0]

    for said in (
        *("JARBANGSRI", "Desa Blumbangrejo · Kecamatan Kunduran · Kabupaten Blora", "014/LSP/JARB/XI/2026"),
        *("1 Januari – 24 November 2026", "Dibuat 24 November 2026", "lumbung.example/v", "7kq2 m9xw 4hpt"),
        *("catatan ke-1.284", "3f9a 22c1 77de 0b41", "Segel elektronik tidak tersertifikasi"),
    ):
        assert said in first.replace("\u00a0", " ")


def test_the_code_is_read_from_a_grey_copy(drawn):
    page = pypdfium2.PdfDocument(drawn.pdf)[0]
    image = page.render(scale=150 / 72, grayscale=True).to_pil()

    assert [one.text for one in zxingcpp.read_barcodes(image)] == [f"https://lumbung.example/v/{CODE}"]


def test_every_page_has_its_number_and_the_head(press):
    told = pages(drawing.draw(statement(60), press).pdf)

    assert len(told) > 1
    for number, page in enumerate(told, start=1):
        assert f"halaman {number} dari {len(told)}" in page
        assert "3f9a 22c1 77de 0b41" in page.replace("\u00a0", " ")
        assert "014/LSP/JARB/XI/2026" in page


def test_the_head_of_a_table_is_repeated_and_no_total_stands_alone(press):
    for rows in (15, 16, 17, 18):
        told = pages(drawing.draw(statement(rows), press).pdf)
        for page in told:
            if "Setoran simpanan" in page or "Saldo akhir 0" in page:
                assert "Uraian" in page
            if "24 Nov 2026 Saldo akhir" in page:
                assert "Setoran simpanan" in page


def test_a_later_version_says_so(press):
    assert "Versi 2, menggantikan yang sebelumnya" in text(drawing.draw(statement(given=frame(version=2)), press).pdf)


def test_corrections_stand_in_a_box_old_and_new(press):
    corrected = replace(
        statement(given=frame(earlier=EARLIER)),
        corrections=(Correction(date(2026, 10, 12), "Setoran simpanan", 50_000, 0, "Dibatalkan: salah catat"),),
    )

    told = text(drawing.draw(corrected, press).pdf)

    assert "Koreksi Sejak dokumen 013/LSP/JARB/X/2026 dibuat" in told
    assert "12 Okt 2026 Setoran simpanan 50.000,00 0,00 Dibatalkan: salah catat" in told


def test_hands_sign_below_with_place_and_day(press):
    signed = replace(
        statement(), signatures=(Signature("Bendahara", "Budiarti"), Signature("Kepala Desa", "", knows=True))
    )

    told = text(drawing.draw(signed, press).pdf)

    assert "Kunduran, 24 November 2026 Bendahara Budiarti Mengetahui, Kepala Desa" in told


def test_in_english_its_words_are_english(press):
    told = drawing.draw(statement(given=frame(language="en")), press)

    assert "24 November 2026" in text(told.pdf)
    with pikepdf.open(io.BytesIO(told.pdf)) as opened:
        assert opened.Root.Lang == "en"


def test_a_negative_stands_in_brackets(press):
    assert "(30.000,00)" in text(drawing.draw(statement(1, opening=-50_000), press).pdf)


@pytest.mark.parametrize("amount", [0, 999_999_999_999, 10**15])
def test_no_amount_leaves_the_page(press, amount):
    drawn = drawing.draw(
        statement(2, step=max(amount, 1), opening=amount, loans=[replace(loan(), closing=amount)]), press
    )
    document = pypdfium2.PdfDocument(drawn.pdf)
    for page in document:
        written = page.get_textpage()
        width = page.get_width()
        for at in range(written.count_chars()):
            left, _, right, _ = written.get_charbox(at)
            assert left >= 0 and right <= width - 18 / 25.4 * 72 + 4


# ── what people typed ───────────────────────────────────────────────────────────────────────────────────────────────

TYPED = {
    "markup": "<script>alert(1)</script><b>Siti</b>",
    "a way out": '"><img src=x onerror=alert(1)>',
    "template syntax": "{{ 7|add:7 }}{% load i18n %}${7*7}",
    "a style": "</style><style>body{display:none}",
    "an entity": "&lt;b&gt; &amp;",
    "a formula": "=HYPERLINK(1)",
}


@pytest.mark.parametrize("kind", TYPED)
def test_what_was_typed_is_text(press, kind):
    told = text(drawing.draw(statement(1, name=TYPED[kind]), press).pdf)

    assert re.sub(r"\s", "", TYPED[kind]) in re.sub(r"\s", "", told)


def test_overrides_and_controls_are_taken_out(press):
    told = text(drawing.draw(statement(1, name="Siti\u202enimA\x00\x07\u2066 B"), press).pdf)

    assert "SitinimA B" in told


def test_a_word_without_an_end_breaks_and_is_cut(press):
    drawn = drawing.draw(statement(1, name="W" * 10_000, about="m" * 10_000), press)

    assert drawn.pages <= 3
    assert text(drawn.pdf).replace(" ", "").count("W") < 1_300


def test_sixty_letters_of_a_name_stay_on_the_page(press):
    name = "Raden Ayu Siti Nurhaliza Kusumaningrum Wulandari Prameswari D."

    assert name in text(drawing.draw(statement(1, name=name), press).pdf)
