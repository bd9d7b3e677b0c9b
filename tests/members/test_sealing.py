"""What is sealed can be opened with the installation's key, for the person it is about, unless anything was changed."""

import base64
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.sealing import Keyring, Unsealable, master_key

MASTER = bytes(range(32))
ABOUT = b"person 1"
RING = Keyring(MASTER)
WRAPPED = RING.new_data_key()


@given(st.text(max_size=60))
def test_what_is_sealed_opens_again(text):
    assert RING.open(WRAPPED, RING.seal(WRAPPED, text, about=ABOUT), about=ABOUT) == text


def test_nothing_of_it_can_be_read():
    sealed = RING.seal(WRAPPED, "3316134506900003", about=ABOUT)

    assert b"33161345" not in sealed
    assert sealed != RING.seal(WRAPPED, "3316134506900003", about=ABOUT)


@given(st.data())
def test_any_changed_byte_is_found(data):
    sealed = RING.seal(WRAPPED, "3316134506900003", about=ABOUT)
    place = data.draw(st.integers(0, len(sealed) - 1))
    changed = sealed[:place] + bytes([sealed[place] ^ data.draw(st.integers(1, 255))]) + sealed[place + 1 :]

    with pytest.raises(Unsealable):
        RING.open(WRAPPED, changed, about=ABOUT)


@pytest.mark.parametrize(
    ("ring", "wrapped", "about"),
    [
        (Keyring(os.urandom(32)), WRAPPED, ABOUT),
        (RING, RING.new_data_key(), ABOUT),
        (RING, WRAPPED, b"person 2"),
        (RING, WRAPPED[:-1], ABOUT),
        (RING, b"", ABOUT),
    ],
    ids=["another master", "another data key", "another person", "a key cut short", "no key"],
)
def test_another_key_or_another_person_opens_nothing(ring, wrapped, about):
    sealed = RING.seal(WRAPPED, "3316134506900003", about=ABOUT)

    with pytest.raises(Unsealable):
        ring.open(wrapped, sealed, about=about)


def test_the_index_finds_the_same_text_in_the_same_group_with_the_same_key():
    index = RING.index("3316134506900003", group=b"a")

    assert index == Keyring(MASTER).index("3316134506900003", group=b"a")
    others = {
        RING.index("3316134506900003", group=b"b"),
        RING.index("3316134506900004", group=b"a"),
        Keyring(os.urandom(32)).index("3316134506900003", group=b"a"),
    }
    assert index not in others and len(others) == 3


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_a_master_key_is_32_bytes_in_base64(encode):
    assert master_key(encode(bytes(range(224, 256))).decode()) == bytes(range(224, 256))


@pytest.mark.parametrize(("text", "wrong"), [("", "0 bytes"), ("c2hvcnQ=", "5 bytes"), ("not base64!", "not base64")])
def test_another_master_key_is_refused_without_being_printed(text, wrong):
    with pytest.raises(ValueError, match=wrong) as refused:
        master_key(text)
    assert not text or text not in str(refused.value)


@pytest.mark.parametrize("place", range(len(WRAPPED)))
def test_a_changed_byte_of_the_wrapped_key_is_found(place):
    changed = WRAPPED[:place] + bytes([WRAPPED[place] ^ 1]) + WRAPPED[place + 1 :]

    with pytest.raises(Unsealable):
        RING.open(changed, RING.seal(WRAPPED, "Sari", about=ABOUT), about=ABOUT)


def test_a_key_of_another_installation_seals_nothing():
    with pytest.raises(Unsealable, match="another master key"):
        RING.seal(Keyring(os.urandom(32)).new_data_key(), "Sari", about=ABOUT)


def test_a_row_that_is_already_stored_still_opens():
    wrapped = bytes.fromhex(
        "01be6cca5f54b452e97d1748c13933d1a477999a90d813b4ae927e2a098ca14969"
        "2e4107399e4ccde92e5ec4475dc047e3339d03dcdb4ecdd2859fc3276cac5a3d"
    )
    sealed = bytes.fromhex("015bb1585b77fb24a0fc474786d9bc95a03b88719245f1f5a4b7cd768ba27e429c90469bfaa6127c4bfa7c77b0")

    assert RING.open(wrapped, sealed, about=ABOUT) == "3316134506900003"
    assert RING.index("3316134506900003", group=b"g" * 16).hex() == (
        "3ddf2c35038e4816890e5569acc3b0048a988b8c52c1944e92e9b757f962fadc"
    )
