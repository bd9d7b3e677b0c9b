"""Names and telephone numbers as they are stored."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.phone import normalised
from members.text import cleaned, titled

TEXTS = st.text(st.characters(codec="utf-8"))


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Siti", "Siti"),
        ("  Siti \t Aminah\n", "Siti Aminah"),
        ("Si\u202eti", "Siti"),
        ("Si\u200bti\ufeff", "Siti"),
        ("Jose\u0301", "José"),
        ("\u00a0Dewi\u3000Sri", "Dewi Sri"),
        ("\x00\x1b[31mDewi", "[31mDewi"),
        ("👩\u200d🌾", "👩\u200d🌾"),
        ("\u202e\u200b", ""),
    ],
)
def test_what_cannot_be_seen_is_taken_out(written, kept):
    assert cleaned(written) == kept


def test_half_a_character_cannot_be_stored():
    with pytest.raises(ValueError, match="surrogate"):
        cleaned("Siti \ud800")


@given(TEXTS)
def test_cleaning_twice_changes_nothing(text):
    assert cleaned(cleaned(text)) == cleaned(text)


@given(TEXTS)
def test_nothing_invisible_is_left(text):
    kept = cleaned(text)
    assert not [one for one in kept if one != "\u200d" and unicodedata.category(one) in ("Cc", "Cf")]
    assert "  " not in kept and kept == kept.strip()


@given(TEXTS)
def test_one_name_has_one_spelling(text):
    assert cleaned(unicodedata.normalize("NFD", text)) == cleaned(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(
    "written", ["081234567890", "0812-3456-7890", "+62 812 3456 7890", "62812 3456 7890", "(0812) 34567890"]
)
def test_a_telephone_number_is_one_however_it_is_written(written):
    assert normalised(written) == "+6281234567890"


def test_a_number_from_abroad_keeps_its_country():
    assert normalised("+60 12-345 6789") == "+60123456789"


@pytest.mark.parametrize(
    "written", ["", "12", "abc", "0812", "+999 1234567890", "081234567890123456", "0812 3456 7890 x"]
)
def test_what_cannot_be_a_number_is_refused(written):
    with pytest.raises(ValueError, match="telephone"):
        normalised(written)


@pytest.mark.parametrize("typed", ["Siti\u200d", "\u200dSiti", "Siti \u200d", "\u200d \u200dSiti"])
def test_a_joiner_with_nothing_to_join_goes(typed):
    assert cleaned(typed) == "Siti"


@pytest.mark.parametrize("name", ["Bu Yatmi", "bu yatmi", "Ibu Yatmi", "MBAK Sri", "Mbok Nah", "Hj. Siti", "Bu. Yatmi"])
def test_a_name_may_begin_with_how_she_is_addressed(name):
    assert titled(name)


@pytest.mark.parametrize("name", ["Budi", "Ibunda", "Mbaksri", "Bu", "Yatmi Bu", "Sari Bu Yatmi", ""])
def test_a_name_that_only_looks_like_it_does_not(name):
    assert not titled(name)
