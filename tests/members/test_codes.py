"""Codes as they are made, shown and read; browsers in plain words."""

import pytest

from members import agents, codes, logins


def test_eight_letters_are_forty_bits_and_six_are_thirty():
    assert len(set(codes.ALPHABET)) == 32
    assert len(codes.new(8)) == 8
    assert {letter for _ in range(200) for letter in codes.new(8)} <= set(codes.ALPHABET)


def test_no_letter_is_read_as_another():
    assert not set("oilu") & set(codes.ALPHABET)
    assert len(logins.LETTERS) < 32  # too few for forty bits in eight


def test_no_two_codes_are_alike():
    assert len({codes.new(8) for _ in range(500)}) == 500


@pytest.mark.parametrize("typed", ["k7p2m4qx", "K7P2-M4QX", " k7p2 m4qx ", "K7P2–M4QX", "k7p2.m4qx", "K7P2\u00a0M4QX"])
def test_a_code_is_read_however_it_is_written(typed):
    assert codes.read(typed, 8) == "k7p2m4qx"


def test_letters_that_look_like_digits_are_read_as_them():
    assert codes.read("OIL0-0O1L", 8) == "01100011"


@pytest.mark.parametrize(
    "typed", ["", "k7p2m4q", "k7p2m4qxx", "k7p2m4qu", "k7p2m4q!", "k7p2m4q\x00", "１２３４５６７８"]
)
def test_what_cannot_be_a_code_is_none(typed):
    assert codes.read(typed, 8) is None


def test_a_code_is_shown_in_two_halves():
    assert (codes.shown("k7p2m4qx"), codes.shown("k7p2m4")) == ("K7P2-M4QX", "K7P-2M4")


ANDROID = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"
)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (ANDROID, "Chrome di Android"),
        (ANDROID.replace("Chrome/", "SamsungBrowser/29.0 Chrome/"), "Samsung Internet di Android"),
        (ANDROID + " EdgA/140.0.0.0", "Edge di Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari di iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:142.0) Gecko/20100101 Firefox/142.0", "Firefox di Windows"),
        ("", "Peramban lain"),
        ("<script>alert(1)</script>", "Peramban lain"),
    ],
)
def test_a_browser_is_called_by_its_name(sent, said):
    assert agents.label(sent) == said
