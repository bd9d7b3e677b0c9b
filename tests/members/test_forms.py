"""What forms read of what people type, and how pages write it."""

import re
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.http import QueryDict
from django.template import Context, Template
from django.utils import translation

from ledger.errors import FloorBreached, FutureDate
from members.forms import Act, Amount, Choice, Day, Pin, Words, plain, second_of, with_second
from members.models import Group
from members.strict import Malformed, Problem

RUPIAH = Group(name="Melati", currency="IDR", digits=0, timezone="Asia/Makassar")
DOLLARS = Group(name="Mawar", currency="USD", digits=2, timezone="Asia/Jakarta")
DAY = date(2026, 11, 24)


class Paying(Act):
    """Something to pay, of which 100.000 is due."""

    places = {"floor": "amount", "effective_on": "day"}

    def __init__(self, data: QueryDict | None = None, group: Group = RUPIAH) -> None:
        super().__init__(data)
        self.fields["amount"] = Amount(group, label="Jumlah")
        self.fields["day"] = Day(label="Tanggal", latest=DAY)
        self.fields["memo"] = Words(label="Catatan", required=False, most=10)

    def doubt(self) -> str:
        return "Benar Rp300.000?" if self.cleaned_data["amount"] >= 300_000 else ""


def paying(amount: str = "100.000", **more: str) -> Paying:
    sent = QueryDict(mutable=True)
    sent.update({"amount": amount, "day": "2026-11-24", **more})
    return Paying(sent)


# ── amounts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "amount"), [("125.000", 125_000), (" Rp 125.000,- ", 125_000), ("2jt", 2_000_000), ("500rb", 500_000)]
)
def test_an_amount_is_read_as_people_write_it(text, amount):
    assert Amount(RUPIAH).clean(text) == amount


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Belum diisi."),
        ("   ", "Belum diisi."),
        ("0", "Jumlahnya harus lebih dari nol."),
        ("1.25", "Titik memisahkan ribuan, tiga angka di belakangnya; misalnya 1.250.000."),
        ("-5.000", "Tulis jumlahnya tanpa tanda kurang."),
        ("20,000", "Tanpa sen. Dua puluh ribu ditulis 20.000."),
        ("dua juta", "Tulis angka saja, misalnya 125.000 atau 125rb."),
        ("9" * 16, "Jumlah ini terlalu besar."),
    ],
)
def test_what_is_no_amount_is_told_how_to_write_it(text, said):
    form = paying(text)

    assert form.errors["amount"] == [said]


def test_nothing_is_an_amount_where_nothing_may_be_typed():
    assert Amount(RUPIAH, required=False).clean("") is None
    assert Amount(RUPIAH, zero=True).clean("0") == 0


def test_an_amount_with_cents_is_counted_in_cents():
    assert Amount(DOLLARS).clean("1.250,50") == 125_050


def test_an_amount_is_shown_with_dots_and_what_she_typed_as_she_typed_it():
    owed = Paying()
    owed.initial["amount"] = 1_250_000

    assert 'value="1.250.000"' in str(owed["amount"])
    assert 'value="1250 rb"' in str(paying("1250 rb")["amount"])


def test_the_box_of_an_amount_brings_the_digits_and_says_which_money():
    box = str(Paying()["amount"])

    assert 'inputmode="numeric"' in box
    assert ">Rp<" in box
    assert 'data-add="50000"' in box
    assert ">USD<" in str(Paying(group=DOLLARS)["amount"])
    assert "data-add" not in str(Paying(group=DOLLARS)["amount"])


# ── the form of an act ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_field_that_is_wrong_names_its_sentence():
    page = str(paying("1.25"))

    assert page.count("field wrong") == 1
    assert 'aria-invalid="true"' in page
    assert 'aria-describedby="id_amount_error"' in page
    assert '<p class="said bad" id="id_amount_error">' in page


@pytest.mark.parametrize("day", ["24-11-2026", "2026-02-30", "besok"])
def test_a_day_that_is_none_is_told_how_to_write_it(day):
    assert paying(day=day).errors["day"] == ["Tulis tanggal seperti 2026-11-24."]


def test_the_browsers_calendar_ends_at_the_latest_day():
    assert 'type="date"' in str(Paying()["day"])
    assert 'max="2026-11-24"' in str(Paying()["day"])


def test_what_is_improbable_is_asked_once():
    form = paying("300.000")

    assert form.is_valid()
    assert form.asks()
    assert "Benar Rp300.000?" in str(form)
    assert 'name="sure" value="ya"' in str(form)
    assert 'class="said ask"' not in str(paying("100.000"))


def sure(form: Paying) -> bool:
    return form.is_valid() and not form.asks()


def test_being_sure_is_the_end_of_it():
    assert sure(paying("300.000", sure="ya"))
    assert sure(paying("100.000"))
    assert not sure(paying("300.000", sure="tidak"))


def test_a_refusal_stands_where_it_belongs():
    form = paying()
    form.is_valid()

    form.refuse(FloorBreached(account="1-1010", first_day=DAY, shortfall=500))

    assert list(form.errors) == ["amount"]
    assert "kurang Rp500" in str(form)


def test_a_refusal_without_a_place_stands_above_with_nothing_stored():
    form = paying()
    form.is_valid()

    form.refuse(FutureDate(effective_on=DAY, today=DAY))

    assert list(form.errors) == ["__all__"]
    assert 'role="alert"' in str(form)
    assert "Tidak ada yang tersimpan." in str(form)


def test_what_the_door_could_not_read_goes_to_the_field_it_came_from():
    form = paying()
    form.is_valid()

    form.refuse(
        Malformed([Problem("/effective_on", "invalid", "Di luar buku."), Problem("/member_id", "invalid", "Asing.")])
    )

    assert form.errors["day"] == ["Di luar buku."]
    assert form.non_field_errors() == ["Asing."]


def test_a_body_is_plain_and_without_what_was_left_empty():
    id = UUID("018f0000-0000-7000-8000-000000000000")

    assert plain({"day": DAY, "id": id, "amount": 5, "memo": "", "none": None, "no": False, "zero": 0}) == {
        "day": "2026-11-24",
        "id": str(id),
        "amount": 5,
        "no": False,
        "zero": 0,
    }


def two(**sent: str) -> Act:
    given = QueryDict(mutable=True)
    given.update(sent)
    form = Act(given)
    with_second(form, [("sari", "Sari, ketua")])
    assert form.is_valid()
    return form


def test_the_second_officer_consents_here_or_later():
    assert second_of(two(second_officer="sari", second_pin="724913")) == {
        "second": {"officer_id": "sari", "pin": "724913"}
    }
    assert second_of(two(second_officer="", second_pin="724913")) == {}


def test_a_pin_is_never_shown_again():
    form = two(second_officer="sari", second_pin="724913")

    assert "724913" not in str(form)
    assert isinstance(form.fields["second_pin"], Pin)


def test_a_few_choices_are_buttons_with_names():
    form = Act(QueryDict("how=bank"))
    form.fields["how"] = Choice([("cash", "Tunai"), ("bank", "Bank")], chips=True, label="Lewat")

    page = str(form)

    assert "<legend>Lewat</legend>" in page
    assert page.count('type="radio"') == 2
    assert re.search(r'value="bank"[^>]* checked', page)


# ── how pages write ─────────────────────────────────────────────────────────────────────────────────────────────────


def written(text: str, language: str = "id", group: Any = RUPIAH, **known: Any) -> str:
    with translation.override(language):
        return Template("{% load lumbung %}" + text).render(Context({"group": group, **known})).strip()


@pytest.mark.parametrize(
    ("tag", "amount", "shown"),
    [
        ("money", 1_250_000, "Rp1.250.000"),
        ("money", 0, "Rp0"),
        ("money", -500, "−Rp500"),
        ("money", None, ""),
        ("signed", 20_000, "+Rp20.000"),
        ("signed", -105_000, "−Rp105.000"),
        ("bare", 1_250_000, "1.250.000"),
        ("bare", -500, "−500"),
        ("in_words", 100_000, "seratus ribu rupiah"),
        ("in_words", 99_999, ""),
    ],
)
def test_amounts_are_written_as_indonesia_does(tag, amount, shown):
    assert written(f"{{% {tag} amount %}}", amount=amount) == shown


def test_an_english_page_has_no_indonesian_words_for_amounts():
    assert written("{% in_words 125000 %}", "en") == ""


def test_money_of_another_currency_says_which():
    assert "USD" in written("{% money 125050 %}", group=DOLLARS)
    assert "1.250,50" in written("{% money 125050 %}", group=DOLLARS)


@pytest.mark.parametrize(
    ("filter", "indonesian", "english"),
    [
        ("long_day", "24 November 2026", "24 November 2026"),
        ("short_day", "24 Nov", "24 Nov"),
        ("weekday_day", "Selasa 24 Nov", "Tuesday 24 Nov"),
        ("month_name", "November 2026", "November 2026"),
    ],
)
def test_days_are_written_in_words(filter, indonesian, english):
    assert written(f"{{{{ day|{filter} }}}}", day=DAY) == indonesian
    assert written(f"{{{{ day|{filter} }}}}", "en", day=DAY) == english
    assert written(f"{{{{ day|{filter} }}}}", day=None) == ""


def test_a_moment_is_told_in_the_groups_own_zone():
    at = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)

    assert written("{% moment at %}", at=at) == "25 November 2026 00.30"


def test_a_percentage_has_a_decimal_comma():
    assert written("{{ rate|percent }}", rate="36.91") == "36,91%"
    assert written("{{ rate|percent }}", "en", rate="36.91") == "36.91%"


def test_a_state_is_a_word_and_a_sign_and_only_then_a_colour():
    assert " ".join(written('{% state "late" %}').split()) == (
        '<span class="state bad"><span aria-hidden="true">!</span> Terlambat</span>'
    )


def test_a_loan_in_boxes_is_read_aloud_too():
    shown = written("{% boxes 10 7 1 %}")

    assert (shown.count('"paid"'), shown.count('"late"'), shown.count('"open"')) == (7, 1, 2)
    assert 'aria-label="7 dari 10 angsuran lunas, 1 terlambat"' in shown
    assert written("{% boxes 3 3 2 %}").count('"late"') == 0


@pytest.mark.parametrize(("name", "letters"), [("Siti Aminah", "SA"), ("Ngatini", "N"), ("", "?")])
def test_a_round_mark_has_the_first_letters(name, letters):
    assert written("{% initials name %}", name=name) == letters


def test_what_people_wrote_is_never_markup():
    assert "<script>" not in written("{% initials name %}", name="<script> <b>")


def test_an_act_that_is_not_hers_is_not_offered():
    at = SimpleNamespace(may=lambda act: act == "add_member")

    assert written('{% if at|may:"add_member" %}ya{% endif %}{% if at|may:"close" %}tidak{% endif %}', at=at) == "ya"
    assert written('{% if at|may:"add_member" %}ya{% endif %}', at=None) == ""


def test_a_stored_word_is_said_in_the_readers_language():
    assert written("{{ word|said|capfirst }}", word="jasa") == "Jasa"
    assert written("{{ word|said|capfirst }}", "en", word="jasa") == "Interest"
    assert written("{{ word|said }}", "en", word="Kurang lancar") == "Substandard"
    assert written("{{ word|said }}", "en", word="") == ""
