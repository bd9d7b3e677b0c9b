"""Amounts as people type them: with or without Rp, dots, ",-", ribu and juta. Imports no Django.

Nothing is guessed. A dot groups thousands and a comma begins a fraction, as Indonesia writes; a number that could be
read in two ways is refused with the way to write it.
"""

import re

from ledger.money import LARGEST

REASONS = {
    "empty": "Tulis jumlahnya, misalnya 125.000.",
    "negative": "Tulis jumlahnya tanpa tanda kurang.",
    "grouping": "Titik memisahkan ribuan, tiga angka di belakangnya; misalnya 1.250.000.",
    "fraction": "Koma memisahkan pecahan; dua puluh ribu ditulis 20.000.",
    "cents": "Tanpa sen. Dua puluh ribu ditulis 20.000.",
    "unreadable": "Tulis angka saja, misalnya 125.000 atau 125rb.",
    "too_large": "Jumlah ini terlalu besar.",
}
"""Code → what to do about it."""

SCALES = {"rb": 3, "ribu": 3, "jt": 6, "juta": 6}
SPACES = str.maketrans("\u00a0\u202f\t", "   ")
CURRENCY = re.compile(r"rp\.? *", re.ASCII | re.IGNORECASE)
NUMBER = re.compile(r"([0-9.]+)(?:,([0-9]+|-))?(?: ?(rb|ribu|jt|juta))?", re.ASCII | re.IGNORECASE)
PLAIN, GROUPED = re.compile(r"0|[1-9][0-9]*"), re.compile(r"[1-9][0-9]{0,2}(\.[0-9]{3})+")


class BadAmount(ValueError):
    """What was typed is no amount; `code` is a key of `REASONS` and the text its sentence."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(REASONS[code])


def parse_amount(text: str, digits: int = 0) -> int:
    """What somebody typed, in the currency's smallest payable unit, which has `digits` decimals; 0 to `LARGEST`.

    "1.250.000", "Rp 1.250.000,-", "1,25 jt" and "500rb" are read. Whole rupiah may end in ",00", and with decimals all
    of them or none are written. Refuses everything else (BadAmount): "20,000", "1.25", "1.250 jt", "1e3", "-5".
    """
    typed = text.translate(SPACES).strip(" ")
    if not typed:
        raise BadAmount("empty")
    currency = CURRENCY.match(typed)
    rest = typed[currency.end() :] if currency else typed
    if typed[0] in "-\u2212" or rest[:1] in ("-", "\u2212"):
        raise BadAmount("negative")
    found = NUMBER.fullmatch(rest)
    if not found:
        raise BadAmount("unreadable")
    whole, fraction, unit = found[1], found[2], found[3]
    if not PLAIN.fullmatch(whole) and (unit or not GROUPED.fullmatch(whole)):
        raise BadAmount("grouping")
    if unit:
        return _small_enough(_scaled(whole, fraction or "", SCALES[unit.lower()]) * 10**digits)
    return _small_enough(int(whole.replace(".", "")) * 10**digits + _cents(fraction, digits))


def _scaled(whole: str, fraction: str, places: int) -> int:
    """1,25 of a unit of `places` zeros; what is finer than one is refused."""
    if fraction == "-" or len(fraction) > places:
        raise BadAmount("fraction")
    return int(whole + fraction.ljust(places, "0"))


def _cents(fraction: str | None, digits: int) -> int:
    """What stands behind the comma. Rupiah are whole: ",-" and ",00" say so."""
    if fraction in (None, "-"):
        return 0
    assert fraction is not None
    if digits == 0 and fraction == "00":
        return 0
    if len(fraction) != digits:
        raise BadAmount("fraction" if digits else "cents")
    return int(fraction)


def _small_enough(amount: int) -> int:
    if amount > LARGEST:
        raise BadAmount("too_large")
    return amount
