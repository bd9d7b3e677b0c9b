"""Amounts in words: checked against another's words, and read back."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from num2words import num2words

from ledger.terbilang import LARGEST, ONES, in_words, rupiah, terbilang

SIZES = {"kuadriliun": 10**15, "triliun": 10**12, "miliar": 10**9, "juta": 10**6, "ribu": 10**3}
AMOUNTS = st.one_of(
    st.integers(0, 12_000),
    st.integers(0, LARGEST),
    st.builds(lambda power, ones: min(10**power + ones, LARGEST), st.integers(0, 17), st.integers(0, 1100)),
)


def read_back(text: str) -> int:
    """The number that words name, word by word."""
    total = below = last = 0
    for word in text.split():
        if word in ("sepuluh", "sebelas", "seratus", "seribu"):
            word, last = {"sepuluh": "puluh", "seratus": "ratus", "seribu": "ribu", "sebelas": "belas"}[word], 1
        if word in ONES:
            last = ONES.index(word)
        elif word == "belas":
            below, last = below + 10 + last, 0
        elif word in ("puluh", "ratus"):
            below, last = below + last * (10 if word == "puluh" else 100), 0
        else:
            total, below, last = total + (below + last) * SIZES[word], 0, 0
    return total + below + last


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "nol"),
        (11, "sebelas"),
        (19, "sembilan belas"),
        (21, "dua puluh satu"),
        (110, "seratus sepuluh"),
        (1_000, "seribu"),
        (1_111, "seribu seratus sebelas"),
        (101_000, "seratus satu ribu"),
        (1_000_000, "satu juta"),
        (1_001_000, "satu juta seribu"),
        (11_000_011, "sebelas juta sebelas"),
        (
            123_456_789,
            "seratus dua puluh tiga juta empat ratus lima puluh enam ribu tujuh ratus delapan puluh sembilan",
        ),
        (10**15, "satu kuadriliun"),
        (12 * 10**15 + 1, "dua belas kuadriliun satu"),
    ],
)
def test_numbers_are_said_as_indonesia_says_them(number, words):
    assert terbilang(number) == words


def test_an_amount_of_rupiah_is_written_out():
    assert rupiah(1_200_000) == "satu juta dua ratus ribu rupiah"


def test_another_currency_is_named_and_its_cents_stand_as_a_fraction():
    assert in_words(20_000) == "dua puluh ribu rupiah"
    assert in_words(1_250, "EUR", 2) == "dua belas EUR 50/100"
    assert in_words(1_205, "EUR", 2) == "dua belas EUR 05/100"
    assert in_words(1_200, "EUR", 2) == "dua belas EUR"


@given(AMOUNTS)
def test_the_words_are_read_back_as_the_number(number):
    assert read_back(terbilang(number)) == number


@given(AMOUNTS)
@example(1_001_000)
@example(2_000_001_000)
def test_another_hand_writes_the_same_words(number):
    """But for one thousand after millions, which is seribu there as well."""
    theirs = re.sub(r"\b(juta|miliar|triliun|kuadriliun) satu ribu\b", r"\1 seribu", num2words(number, lang="id"))

    assert terbilang(number) == theirs


@pytest.mark.parametrize("number", [-1, LARGEST + 1])
def test_what_no_amount_can_be_has_no_words(number):
    with pytest.raises(ValueError, match="words are for"):
        terbilang(number)


@pytest.mark.parametrize("number", [1.0, True, "1"])
def test_only_an_int_has_words(number):
    with pytest.raises(TypeError):
        terbilang(number)
