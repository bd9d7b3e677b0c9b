"""Which PINs are too easy to guess. Imports no Django.

A thief with the phone has five tries; people choose runs, pairs, dates and the lines of the keypad, so those go.
"""

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

SHAPE = re.compile(r"[0-9]{6,12}")
RING = "0123456789" * 3
LINES = {line for way in ("123", "456", "789", "147", "258", "369", "159", "357") for line in (way, way[::-1])}
KNOWN = frozenset({"131415", "142536", "102030", "112358", "520131", "258025", "170845", "314159", "271828", "135790"})


def refused(pin: str, *, born_on: date | None = None, phone: str | None = None) -> str | None:
    """Why a PIN may not be used: `shape` (6 to 12 digits), `common`, `birth_date`, `phone` (part of her number); None
    when it may."""
    if not SHAPE.fullmatch(pin):
        return "shape"
    if is_common(pin):
        return "common"
    if born_on is not None and any(written in pin or pin in written for written in _written(born_on)):
        return "birth_date"
    if phone is not None and any(pin in written for written in _dialled(phone)):
        return "phone"
    return None


def is_common(pin: str) -> bool:
    """Two digits at most, a run, a repeated block, a mirrored or doubled half, a line on the keypad, or well known."""
    return (
        len(set(pin)) <= 2
        or pin in RING
        or pin in RING[::-1]
        or any(pin == (pin[:size] * len(pin))[: len(pin)] for size in range(1, len(pin) // 2 + 1))
        or pin == pin[::-1]
        or pin[0::2] == pin[1::2]
        or _steps(pin)
        or pin in KNOWN
        or all(any(line.startswith(pin[at : at + 3]) for line in LINES) for at in range(0, len(pin), 3))
    )


def _steps(pin: str) -> bool:
    """Digits that rise or fall by the same step: 024680, 987654."""
    return len({(int(later) - int(earlier)) % 10 for earlier, later in pairwise(pin)}) == 1


def _written(born_on: date) -> Iterator[str]:
    """A birth date as people type it, without its zeros, and as her NIK has it (the day plus 40)."""
    for form in ("%d%m%y", "%y%m%d", "%m%d%y", "%d%m%Y", "%Y%m%d", "%m%d%Y"):
        yield f"{born_on:{form}}"
    yield f"{born_on.day}{born_on.month}{born_on.year}"
    yield f"{born_on.year}{born_on.month:02}"
    yield f"{born_on:%m%Y}"
    yield f"{born_on.day + 40}{born_on:%m%y}"


def _dialled(phone: str) -> Iterator[str]:
    """The digits of her number, an Indonesian one both as 62812 and as 0812."""
    digits = re.sub(r"[^0-9]", "", phone)
    yield digits
    if digits.startswith("62"):
        yield "0" + digits[2:]
    elif digits.startswith("0"):
        yield "62" + digits[1:]
