"""Every sentence of a page has its English, and nothing on a page stands outside of it."""

from datetime import date

import pytest
from babel.messages.catalog import Catalog
from django.utils import translation

from ledger.errors import FloorBreached, FutureDate
from members.errors import AlreadyInOffice
from tests import messages

MEND = "run `python -m tests.messages`, and write the English that it asks for into config/locale"


@pytest.fixture(scope="module")
def known():
    return messages.read()


def test_every_message_has_its_english_with_the_same_facts(known):
    assert messages.wrong(known) == []


def test_the_catalogue_is_what_is_said_now(known):
    said = {(one.id, one.context) for one in messages.catalogue() if one.id}
    there = {(one.id, one.context) for one in known if one.id}

    assert said - there == set(), MEND
    assert there - said == set(), MEND


def test_what_is_compiled_is_what_is_written(known):
    assert messages.COMPILED.read_bytes() == messages.compiled(known), MEND


@pytest.mark.parametrize("path", messages.templates(), ids=messages.named)
def test_no_word_of_a_page_stands_outside_its_translations(path):
    assert messages.untranslated(path.read_text()) == []


@pytest.mark.parametrize("path", messages.spoken(), ids=messages.named)
def test_no_sentence_of_a_view_stands_outside_them_either(path):
    assert messages.unmarked(path.read_text()) == []


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("<p>Simpan</p>", ["Simpan"]),
        ('<p>{% translate "Simpan" %} <b>{{ amount }}</b></p>', []),
        ("<p>{% blocktranslate %}Simpan {{ amount }}{% endblocktranslate %}</p>", []),
        ('<input placeholder="Cari nama">', ["Cari nama"]),
        ('<input placeholder="{% translate \'Cari\' %}" class="long words here">', []),
        ("{% if x %}<b>Lumbung</b>{% else %}ya{% endif %}", ["ya"]),
    ],
)
def test_the_reader_of_templates_hears_words_and_no_markup(template, told):
    assert messages.untranslated(template) == told


def test_a_sentence_whose_facts_differ_is_found():
    made = Catalog(locale="en")
    made.add("Ada {count} orang.", "There are {number} people.")
    made.add("Belum ada.", "")

    assert messages.wrong(made) == ["other places for facts: Ada {count} orang.", "no English: Belum ada."]


def test_a_refusal_is_read_in_the_language_of_the_page():
    refused = FloorBreached(account="1-1010", first_day=date(2026, 8, 5), shortfall=1_500)

    assert refused.sentence == "Saldo 1-1010 tidak cukup: pada 5 Agustus 2026 kurang 1.500."
    with translation.override("en"):
        assert refused.sentence == "There is not enough in 1-1010: on 5 August 2026 1.500 would be missing."
        assert AlreadyInOffice(role="chair", office="ketua").sentence == "This member is chair already."


def test_the_api_refuses_in_indonesian_whatever_a_browser_prefers(client):
    client.cookies["language"] = "en"

    answer = client.get("/api/v1/nowhere", headers={"host": "localhost", "Accept-Language": "en"})

    assert answer.json()["detail"] == "Tidak ada apa-apa di alamat ini."


def test_a_page_in_english_refuses_in_english(client):
    client.cookies["language"] = "en"

    answer = client.get("/nowhere", headers={"host": "localhost"})

    assert "There is nothing at this address." in answer.content.decode()
    assert FutureDate(effective_on=date(2026, 3, 1), today=date(2026, 2, 1)).sentence.startswith("Tanggal 1 Maret")
