"""One telephone has one number, however it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.phone import normalised

SARI = "+628123456789"


@pytest.mark.parametrize(
    "written",
    [
        *("0812-3456-789", "08123456789", "0812 3456 789", "0812.3456.789", "0812/3456789", "(0812) 3456789"),
        *("+62 812 3456 789", "+628123456789", "(+62) 812 3456 789", "+(62) 812-3456-789", "+62 (0)812 3456 789"),
        *("628123456789", "62 812 3456 789", "62 0812 3456 789", "+62 0812 3456 789", "00628123456789"),
        *("8123456789", "  08123456789 ", "0812–3456–789", "0812\u20113456\u2011789", "0812\u00a03456\u00a0789"),
        *("\u202a+62 812-3456-789\u202c", "٠٨١٢٣٤٥٦٧٨٩", "＋６２８１２３４５６７８９"),
    ],
)
def test_a_number_is_the_same_however_it_is_written(written):
    assert normalised(written) == SARI


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0296-421234", "+62296421234"),
        ("(021) 5551234", "+62215551234"),
        ("+60 12-345 6789", "+60123456789"),
        ("+852 5123 4567", "+85251234567"),
    ],
)
def test_landlines_and_sisters_abroad_have_numbers(written, number):
    assert normalised(written) == number


def test_a_number_without_its_country_is_one_of_the_region():
    assert normalised("012-345 6789", "MY") == "+60123456789"
    assert normalised("08123456789", "ID") == normalised("08123456789")


@pytest.mark.parametrize(
    "written",
    [
        *("", " ", "-", "+", "()", "tidak ada", "Sari"),
        *("110", "0812", "+62812", "+62" + "8" * 16, "0" * 41, "8" * 1_000),
        *("+999 812 3456 789", "+0 812 3456 789"),
    ],
)
def test_what_is_no_possible_number_is_refused(written):
    with pytest.raises(ValueError, match="not a telephone number"):
        normalised(written)


@pytest.mark.parametrize("written", ["421234", "555123"])
def test_a_landline_without_its_area_could_be_anywhere(written):
    with pytest.raises(ValueError, match="not a telephone number"):
        normalised(written)


@pytest.mark.parametrize(
    "written", ["0812-3456-78O", "0812-3456-78l9", "0800-FLOWERS", "08123456789 (Sari)", "hp 08123456789"]
)
def test_a_letter_is_refused_and_not_dropped(written):
    with pytest.raises(ValueError, match="not a telephone number"):
        normalised(written)


@pytest.mark.parametrize(
    "written",
    ["08123456789 ext 5", "08123456789#12", "08123456789;5", "08123456789, 08129876543", "08123456789/08129876543"],
)
def test_extensions_and_second_numbers_are_refused(written):
    with pytest.raises(ValueError, match="not a telephone number"):
        normalised(written)


@given(st.from_regex(r"8[1-9][0-9]{7,9}", fullmatch=True), st.sampled_from(["", "0", "62", "+62", "+62 ", "0062"]))
def test_a_mobile_number_is_the_same_from_home_and_from_abroad(subscriber, prefix):
    assert normalised(prefix + subscriber) == f"+62{subscriber}"


@given(st.from_regex(r"\+?[0-9 ()./-]{1,25}", fullmatch=True) | st.text(max_size=30))
def test_any_text_is_a_number_that_stays_itself_or_is_refused(text):
    try:
        number = normalised(text)
    except ValueError as refused:
        assert str(refused) == "not a telephone number"
    else:
        assert number[0] == "+" and number[1:].isascii() and number[1:].isdigit()
        assert normalised(number) == number
