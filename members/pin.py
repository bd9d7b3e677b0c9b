"""PINs that are too easy to guess. Imports no Django."""

from datetime import date
from itertools import pairwise

LINES = {line for way in ("123", "456", "789", "147", "258", "369", "159", "357") for line in (way, way[::-1])}
"""The straight lines of three keys on a keypad."""

WELL_KNOWN = {
    *("010203", "102030", "100200", "142536", "124578", "134679", "147896", "192837", "112358", "314159"),
    *("258025", "025800", "520131", "5201314"),
    *("170845", "450817", "17081945", "19450817"),  # the day of independence
    *("081234", "628123"),  # how a phone number begins
}


def refused(pin: str, *, born_on: date | None = None, phone: str | None = None) -> str | None:
    """Why a PIN may not be used, or None: "shape" (not 6 to 12 ASCII digits), "common", "birth_date" (her birth date
    stands in it), "phone" (it stands in her phone number)."""
    if not (6 <= len(pin) <= 12 and pin.isascii() and pin.isdigit()):
        return "shape"
    if _is_common(pin):
        return "common"
    if born_on is not None and any(written in pin for written in _birth_dates(born_on)):
        return "birth_date"
    if phone is not None and any(pin in written for written in _phones(phone)):
        return "phone"
    return None


def _is_common(pin: str) -> bool:
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    threes = [pin[start : start + 3] for start in range(0, len(pin), 3)]
    return (
        pin in WELL_KNOWN
        or len(set(pin)) <= 2
        or len(steps) == 1  # 234567, 890123, 864208
        or pin == pin[::-1]
        or any(pin[size:] == pin[:-size] for size in range(1, len(pin) // 2 + 1))  # 123123, 1212121
        or all(one == other for one, other in zip(pin[::2], pin[1::2], strict=False))  # 112233
        or all(any(line.startswith(three) for line in LINES) for three in threes)  # 147258
    )


def _birth_dates(day: date) -> set[str]:
    """Her birth date as people write it, also without leading zeros, and as her NIK has it (the day plus 40)."""
    d, m, y, year = f"{day.day:02}", f"{day.month:02}", f"{day.year % 100:02}", f"{day.year:04}"
    short = {d + m + y, y + m + d, m + d + y, f"{day.day + 40}{m}{y}"}
    long = {d + m + year, year + m + d, m + d + year, m + year, year + m}
    unpadded = f"{day.day}{day.month}{year}"
    return short | long | {unpadded}


def _phones(phone: str) -> tuple[str, ...]:
    """The digits of a number, and for an Indonesian one also as it is dialled from home or abroad: 0812, 62812."""
    digits = "".join(character for character in phone if character.isdecimal())
    if digits.startswith("62"):
        return digits, "0" + digits[2:]
    if digits.startswith("0"):
        return digits, "62" + digits[1:]
    return (digits,)
