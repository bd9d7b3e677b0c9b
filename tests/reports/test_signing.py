"""The seal: what it covers, whose it is, and that one changed byte is found wherever it stands."""

import random
import stat

import pytest

from config.seal import ensure_seal, made
from reports import sealing, signing
from reports.errors import NoSeal
from reports.press import Press
from tests.conftest import FULL
from tests.reports.samples import statement
from tests.reports.test_press import sheet

FLIPS = 10_000 if FULL else 250


@pytest.fixture(scope="module")
def pdf():
    press = Press()
    try:
        yield press.print(sheet("<p>Rp1.250.000,00</p>")).pdf
    finally:
        press.stop()


@pytest.fixture(scope="module")
def own():
    return made()


@pytest.fixture(scope="module")
def trusted(own):
    return signing.certificates(own[1])


@pytest.fixture(scope="module")
def sealed(pdf, own):
    return signing.FileKey(b"".join(own)).sign(pdf)


def test_a_sealed_paper_is_genuine(sealed, trusted):
    found = signing.verify(sealed, trusted)

    assert (found.sealed, found.intact, found.whole, found.ours, found.genuine) == (True,) * 5
    assert "tidak tersertifikasi" in found.subject
    assert len(found.fingerprint) == 64


def test_the_seal_is_appended_to_what_was_printed(sealed, pdf):
    assert sealed.startswith(pdf)
    assert b"/ETSI.CAdES.detached" in sealed


def test_any_changed_byte_is_found(sealed, pdf, trusted):
    """Half of them anywhere, half of them in the seal itself, which no seal covers."""
    chance = random.Random(11)
    for at in range(FLIPS):
        place = chance.randrange(len(sealed)) if at % 2 else chance.randrange(len(pdf), len(sealed))
        changed = bytearray(sealed)
        changed[place] ^= 1 << chance.randrange(8)
        assert not signing.verify(bytes(changed), trusted).genuine, place


def test_what_is_appended_to_a_seal_is_not_covered(sealed, trusted):
    found = signing.verify(sealed + b"\n% lagi\n", trusted)

    assert not found.whole
    assert not found.genuine


@pytest.mark.parametrize("cut", [1, 100, 5_000])
def test_what_is_cut_off_is_missed(sealed, trusted, cut):
    assert not signing.verify(sealed[:-cut], trusted).genuine


def test_a_seal_of_somebody_else_is_not_ours(pdf, trusted):
    found = signing.verify(signing.FileKey(b"".join(made())).sign(pdf), trusted)

    assert found.intact
    assert not found.ours
    assert not found.genuine


def test_a_seal_of_an_earlier_key_is_ours_still(sealed, own):
    both = signing.certificates(made()[1] + own[1])

    assert signing.verify(sealed, both).genuine


def test_a_paper_sealed_twice_is_not_what_was_issued(sealed, trusted, own):
    with pytest.raises(Exception, match="already filled|Segel"):
        signing.FileKey(b"".join(own)).sign(sealed)


@pytest.mark.parametrize("given", [b"", b"%PDF-1.7\n%%EOF", b"\x00" * 5_000, b"<html>"])
def test_what_is_no_sealed_pdf_is_told_so(given, trusted):
    assert signing.verify(given, trusted) == signing.UNSEALED


def test_an_unsealed_paper_is_told_so(pdf, trusted):
    assert signing.verify(pdf, trusted) == signing.UNSEALED


def test_kinds_of_seals_that_are_not_installed_say_so(pdf):
    for one in (signing.Psre(), signing.Pkcs11("/usr/lib/none.so", "a", "b", "c")):
        with pytest.raises(NoSeal) as refused:
            one.sign(pdf)
        assert "belum dipasang" in refused.value.sentence


def test_a_key_file_without_a_key_is_refused(own, tmp_path):
    with pytest.raises(NoSeal):
        signing.FileKey(own[1])
    with pytest.raises(NoSeal):
        signing.file_key(str(tmp_path / "none.pem"))


# ── the installation's own ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_data_folder_gets_its_seal_once(tmp_path):
    named = ensure_seal(tmp_path)
    before = (tmp_path / "seal.pem").read_bytes()

    assert ensure_seal(tmp_path) == named
    assert (tmp_path / "seal.pem").read_bytes() == before
    assert stat.S_IMODE((tmp_path / "seal.pem").stat().st_mode) == 0o600
    assert b"PRIVATE" not in (tmp_path / "seal.crt").read_bytes()


def test_the_settings_name_the_seal(tmp_path, settings, pdf):
    for name, value in ensure_seal(tmp_path).items():
        setattr(settings, name, value)

    sealed = sealing.seal(pdf)

    assert sealing.look(sealed).genuine
    assert sealing.kind() == "uncertified"


def test_without_a_key_nothing_is_sealed(settings, pdf):
    settings.SEAL_KEY = settings.SEAL_CERTIFICATES = ""

    with pytest.raises(NoSeal):
        sealing.seal(pdf)
    assert not sealing.look(pdf).sealed


def test_a_paper_says_what_kind_of_seal_it_bears():
    assert statement().seal == "uncertified"
