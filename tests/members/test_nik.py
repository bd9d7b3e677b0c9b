"""The NIK: sixteen digits, a date with forty added for women, and nothing is refused for being odd."""

from datetime import date

import pytest

from members.nik import checked, warnings

WOMAN, MAN, NO_DATE = "3316134506900003", "3316130506900003", "3316137213900003"


@pytest.mark.parametrize("text", [WOMAN, "33.16.13-450690 0003", " 3316134506900003 "])
def test_sixteen_digits_however_they_are_grouped(text):
    assert checked(text) == WOMAN


@pytest.mark.parametrize(
    "text", ["", "331613450690000", "33161345069000031", "331613450690000x", "３３１６１３４５０６９００００３"]
)
def test_anything_else_is_no_nik(text):
    with pytest.raises(ValueError, match="16"):
        checked(text)


def test_a_womans_nik_raises_no_doubt():
    assert warnings(WOMAN, born_on=None) == ()
    assert warnings(WOMAN, born_on=date(1990, 6, 5)) == ()


@pytest.mark.parametrize(
    ("nik", "born_on", "found"),
    [
        (MAN, None, ("not_a_woman",)),
        (MAN, date(1990, 6, 5), ("not_a_woman",)),
        (NO_DATE, None, ("no_date",)),
        (WOMAN, date(1990, 6, 6), ("birth_date_differs",)),
        (MAN, date(1991, 6, 5), ("not_a_woman", "birth_date_differs")),
        ("3316136902000003", None, ()),  # 29 February 2000
        ("3316136902880003", date(1988, 2, 29), ()),
        ("3316136902900003", None, ("no_date",)),  # neither 1990 nor 2090 is a leap year
        ("3316133106900003", None, ("no_date",)),
        ("3316134006900003", None, ("no_date",)),
        ("3316137107900003", date(1990, 7, 31), ()),
        ("3316136902010003", None, ("no_date",)),
    ],
)
def test_what_looks_odd_is_named(nik, born_on, found):
    assert warnings(nik, born_on=born_on) == found
