"""Which PINs are refused, and that no other is."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.pin import refused


@pytest.mark.parametrize("pin", ["", "12345", "1234567890123", "12345a", "１２３４５６", "12 456", "-12345", "12345\n"])
def test_six_to_twelve_digits(pin):
    assert refused(pin) == "shape"


@pytest.mark.parametrize(
    "pin",
    [
        *("000000", "111111", "123456", "654321", "890123", "987654", "121212", "123123", "112233", "332211"),
        *("123321", "100001", "147258", "159753", "741852", "024680", "111222", "998877", "142536", "1234567890"),
    ],
)
def test_common_ones(pin):
    assert refused(pin) == "common"


@pytest.mark.parametrize("pin", ["724913", "508316", "905217", "3816402", "170294"])
def test_others_may_be_used(pin):
    assert refused(pin) is None


@given(
    st.dates(date(1930, 1, 1), date(2015, 12, 31)), st.sampled_from(["%d%m%y", "%y%m%d", "%m%d%y", "%d%m%Y", "%Y%m%d"])
)
def test_her_birth_date_however_it_is_typed(born_on, form):
    assert refused(f"{born_on:{form}}", born_on=born_on) in ("birth_date", "common")


def test_another_womans_birth_date_may_be_used():
    assert refused("170294", born_on=date(1985, 6, 3)) is None
    assert refused("170294", born_on=date(1994, 2, 17)) == "birth_date"


def test_part_of_her_telephone_number():
    assert refused("349076", phone="+62 812-3490-7651") == "phone"
    assert refused("349076", phone="+62 812-0000-0000") is None


@pytest.mark.parametrize("pin", ["081234", "0812349", "628123", "81234907651"])
@pytest.mark.parametrize("phone", ["+6281234907651", "0812-3490-7651"])
def test_her_number_begins_with_0_and_with_62(pin, phone):
    assert refused(pin, phone=phone) == "phone"
    assert refused(pin) is None


@pytest.mark.parametrize("pin", ["450385", "531985", "031985", "198503", "72050385", "9105031985"])
def test_her_birth_date_in_other_dress(pin):
    assert refused(pin, born_on=date(1985, 3, 5)) == "birth_date"
    assert refused(pin, born_on=date(1986, 4, 6)) is None


@pytest.mark.parametrize(
    "pin",
    [
        "482284",
        "4829284",
        "12341234",
        "48214821",
        "4824824",
        "258369",
        "963852",
        "357951",
        "753951",
        "456123",
        "14725836",
        "258025",
    ],
)
def test_longer_blocks_and_every_line_of_the_keypad(pin):
    assert refused(pin) == "common"


def test_patterns_take_less_than_one_pin_in_a_hundred():
    common = sum(refused(f"{number:06}") == "common" for number in range(0, 1_000_000, 17))

    assert 0 < common < 1_000_000 / 17 / 100
