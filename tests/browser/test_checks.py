"""Each check is shown a page with the fault it is for, and the same page without."""

import pytest

from tests.browser.checks import Fault, axe, indonesian, keyboard, looks_right, misspoken, no_sideways, targets
from tests.browser.visits import Visits

PAGE = """<!doctype html><html lang="id"><head><title>Buku kas</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body {{ margin: 0; font-size: 1rem }} a, button, input {{ min-height: 30px; display: inline-block }}
{style}</style>
</head><body><main><h1>Buku kas</h1>{main}</main></body></html>"""


@pytest.fixture
def shown(chrome):
    """A tab that shows this, on a device."""
    visits = Visits(chrome, "http://localhost")

    def show(main: str, style: str = "", device: str = "phone"):
        tab = visits.opens(device)
        tab.set_content(PAGE.format(main=main, style=style))
        return tab

    yield show
    visits.closes()


def refused(check, tab, sentence: str) -> None:
    with pytest.raises(Fault) as fault:
        check(tab)
    assert any(sentence in one for one in fault.value.sentences), fault.value.sentences


GOOD = """<p>Kas <strong>Rp1.250.000</strong></p><form>
<p><label>Jumlah <input name="jumlah" inputmode="numeric"></label></p>
<p><button class="primary">Simpan Rp20.000</button></p></form>"""


@pytest.mark.parametrize("device", ["phone", "narrow", "desk"])
def test_a_good_page_passes_every_check(shown, device):
    looks_right(shown(GOOD, ".primary { min-height: 48px }", device))


def test_what_is_wrong_is_told_together(shown):
    with pytest.raises(AssertionError) as wrong:
        looks_right(shown('<button class="primary">Submit</button>'))

    assert "English word “Submit”" in str(wrong.value)
    assert "less than 48" in str(wrong.value)


# Sideways


@pytest.mark.parametrize("device", ["phone", "desk"])
def test_a_table_too_wide_for_a_phone_is_seen(shown, device):
    refused(
        no_sideways, shown('<div class="wide">lebar</div>', ".wide { width: 400px }", device), "400 px wide where 320"
    )


def test_a_screen_that_hides_what_is_too_wide_is_seen(shown):
    tab = shown("<p>Kas</p>", "html, body { overflow-x: hidden } p { position: relative; left: 310px; width: 90px }")

    assert tab.evaluate("() => { scrollTo(99, 0); return scrollX }") == 0
    refused(no_sideways, tab, "of 320 px")


def test_words_cut_off_by_their_box_are_seen(shown):
    narrow = "p { width: 40px; white-space: nowrap; overflow: hidden }"

    refused(no_sideways, shown("<p>Simpanan pokok</p>", narrow), "cut off")
    refused(no_sideways, shown("<p>Simpanan pokok</p>", "p { height: 8px; overflow: hidden }"), "cut off")


def test_what_only_larger_letters_break_is_seen(shown):
    refused(no_sideways, shown("<p>Simpanan</p>", "p { width: 20rem }"), "with larger letters")


def test_what_only_a_desk_at_two_hundred_percent_breaks_is_seen(shown):
    style = "@media (min-width: 600px) { p { width: 700px } }"

    refused(no_sideways, shown("<p>Simpanan</p>", style, "desk"), "at 200 %")


def test_each_width_is_looked_at_and_the_window_is_as_before(shown):
    style = "p { width: 20rem } @media (min-width: 600px) { p { width: 700px } }"
    tab = shown("<p>Simpanan</p>", style + " .wide { width: 330px }", "desk")

    refused(no_sideways, tab, "with larger letters")
    refused(no_sideways, tab, "at 200 %")
    tab.evaluate("""() => document.querySelector("p").className = "wide" """)
    refused(no_sideways, tab, "at 320 px")
    assert tab.viewport_size == {"width": 1280, "height": 800}


def test_a_box_that_scrolls_by_itself_and_words_for_ears_are_no_fault(shown):
    style = ".box { overflow-x: auto } .box p { width: 900px } .skip { position: absolute; left: -999px }"
    style += ".ears { position: absolute; width: 1px; height: 1px; overflow: hidden; white-space: nowrap }"
    ears = '<p class="ears">hanya terdengar</p><a class="skip" href="#a">ke isi</a>'

    no_sideways(shown(f'<div class="box" tabindex="0"><p>tabel</p></div>{ears}', style))


# axe


def test_a_picture_without_words_and_pale_letters_are_seen(shown):
    tab = shown(
        '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><p style="color: #bbb; background: #fff">pucat</p>'
    )

    refused(axe, tab, "image-alt")
    refused(axe, tab, "color-contrast")


def test_targets_that_crowd_are_seen_by_axe_too(shown):
    crowd = "<a href=a>a</a><a href=b>b</a>"

    refused(axe, shown(crowd, "a { min-height: 12px; width: 12px; font-size: 10px; line-height: 1 }"), "target-size")


def test_a_rule_can_be_left_out_by_name(shown):
    axe(shown('<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">'), but=["image-alt"])


# Words


@pytest.mark.parametrize(
    ("main", "sentence"),
    [
        ("<p>Silakan login dulu</p>", "“login”"),
        ('<input aria-label="Amount">', "“Amount” in aria-label"),
        ('<input aria-label="jumlah" placeholder="Search">', "“Search” in placeholder"),
        ('<button title="Save">Simpan</button>', "“Save” in title"),
        ('<input type="submit" value="Submit">', "“Submit” in value"),
        ("<label>Peran <select><option>Member</option></select></label>", "“Member” in option"),
        ("<p>{{ loan.number }}</p>", "leftover"),
        ("<p>None</p>", "“None”"),
        ("<p>Kas <span>Rp</span> <b>1.250.000</b></p>", "amount “Rp 1.250.000”"),
        ("<p>Kas 1.250.000</p>", "without Rp"),
    ],
)
def test_words_that_are_not_ours_are_seen(shown, main, sentence):
    refused(indonesian, shown(main), sentence)


def test_what_nobody_reads_is_not_read(shown):
    indonesian(shown('<p hidden>Error</p><code>ledger.verify_book</code><p translate="no">Save Mart</p><p>Bu Siti</p>'))


def test_a_column_headed_rp_needs_no_rp(shown):
    table = (
        "<table><thead><tr><th>Nama</th><th>{head}</th></tr></thead><tr><td>Siti</td><td>1.250.000</td></tr></table>"
    )

    indonesian(shown(table.format(head="Simpanan (Rp)")))
    refused(indonesian, shown(table.format(head="Simpanan")), "without Rp")


def test_thousands_are_abbreviated_on_chips_and_dues_alone(shown):
    indonesian(shown('<button class="chip">+20rb</button><p class="dues">wajib 20rb</p>'))
    refused(indonesian, shown("<p>wajib 20rb</p>"), "“20rb”")


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Rp0",
            "Rp500",
            "Rp1.000",
            "+Rp1.250.000",
            "−Rp20.000",
            "dari Rp5.000–Rp10.000.",
            "(Rp20.000)",
            "Rp20.000, lalu",
        ),
        *("No. 3", "Total 25 orang", "24 Nov 2026", "1,5% sebulan", "pukul 10.30", "MLT3-2611-0042", "PIN", "2026"),
    ],
)
def test_what_is_said_as_we_say_it(text):
    assert list(misspoken(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        *("Rp 1.000", "Rp1000", "Rp1,000", "rp1.000", "Rp1.000,00", "Rp1.000,-", "Rp. 1.000", "IDR 1.000", "-Rp1.000"),
        *("− Rp1.000", "Rp-1.000", "Rp10.00", "Rp20rb", "1,250,000", "1.250.000", "20 rb", "5 Aug 2026", "The end"),
    ],
)
def test_what_is_not(text):
    assert list(misspoken(text))


# Targets


def test_a_button_too_small_and_a_primary_one_not_large_enough_are_seen(shown):
    small = "button { min-height: 0; padding: 0; border: 0; height: 20px; width: 60px }"

    refused(targets, shown("<button>Ubah</button>", small), "60 × 20 px, less than 24")
    refused(
        targets,
        shown('<button class="primary">Simpan</button>', "button { width: 90px; height: 40px }"),
        "less than 48",
    )


def test_a_link_of_its_own_is_a_target_and_one_in_a_sentence_is_not(shown):
    style = "a { display: inline; min-height: 0; font-size: 12px }"

    refused(targets, shown('<p><a href="#a">Buku</a></p>', style), "less than 24")
    targets(shown('<p>Lihat <a href="#a">buku</a> dahulu.</p>', style))


def test_a_label_is_part_of_its_box(shown):
    box = '<label{style}><input type="checkbox"> Hadir</label>'

    targets(shown(box.format(style=""), "label { display: block; min-height: 48px } input { min-height: 0 }"))
    refused(targets, shown("<input type=checkbox aria-label=Hadir>", "input { min-height: 0 }"), "less than 24")


# Keys


def test_a_page_for_keys(shown):
    radios = "".join(f'<label><input type="radio" name="cara" value="{n}"> cara {n}</label>' for n in (1, 2))

    keyboard(
        shown(
            f'<a href="#a">Buku</a>{radios}<input type="date" aria-label="Tanggal"><button>Simpan</button>', "", "desk"
        )
    )


@pytest.mark.parametrize(
    ("main", "style", "sentence"),
    [
        ("<button>Simpan</button>", "button:focus { outline: none }", "looks the same"),
        ('<a href="#a">satu</a><a href="#b" tabindex="3">dua</a>', "", "jumps the queue"),
        ('<a href="#a">a</a><div tabindex="0" class="trap">b</div><a href="#c">c</a>', "", "does not let the focus go"),
    ],
)
def test_what_keys_cannot_do_is_seen(shown, main, style, sentence):
    tab = shown(main, style, "desk")
    tab.evaluate(
        """() => document.querySelector(".trap")?.addEventListener("keydown", (key) => key.preventDefault())"""
    )

    refused(keyboard, tab, sentence)


def test_what_keys_never_reach_is_seen(shown):
    tab = shown('<a href="#a">a</a><a href="#b" class="passed">b</a><a href="#c">c</a>', "", "desk")
    tab.evaluate("""() => document.querySelector(".passed").addEventListener("focus", (it) => {
        it.target.nextElementSibling.focus();
    })""")

    refused(keyboard, tab, "is not reached")
