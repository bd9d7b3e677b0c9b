"""What people typed, as a paper may bear it."""

import unicodedata
from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.papers.plain import UNSEEN, plain, plainly


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Siti\u202e nimA", "Siti nimA"),
        ("Si\u200bti\u00a0 Aminah\n", "Siti Aminah"),
        ("a\x00b\x07c", "abc"),
        ("  dua   kata ", "dua kata"),
        ("<b>{{7*7}}</b>", "<b>{{7*7}}</b>"),
        ("e\u0301", "é"),
        ("a" * 700, "a" * 599 + "…"),
    ],
)
def test_a_text_is_one_line_of_visible_letters(typed, printed):
    assert plain(typed) == printed


@given(st.text())
def test_whatever_was_typed(typed):
    printed = plain(typed)

    assert not any(unicodedata.category(one) in UNSEEN for one in printed)
    assert plain(printed) == printed
    assert "\n" not in printed and len(printed) <= 600


def test_every_text_of_a_paper_is_reached():
    @dataclass(frozen=True, slots=True)
    class Inner:
        name: str
        on: date

    given_ = {"a": (Inner("x\u202e", date(2026, 1, 1)), 5, None)}

    assert plainly(given_) == {"a": (Inner("x", date(2026, 1, 1)), 5, None)}
