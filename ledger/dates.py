"""Days as people read them, in Bahasa Indonesia or English. Imports no Django.

The day stands first in both languages, as on every paper of a group: "24 November 2026".
"""

from collections.abc import Mapping
from datetime import date

MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
    *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
)
WEEKDAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")

_MONTHS = {
    "id": MONTHS,
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}
_WEEKDAYS = {
    "id": WEEKDAYS,
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}


def long_day(day: date, language: str = "id") -> str:
    """24 November 2026. `language` is "id", or "en" and its variants; what is neither is written in Indonesian."""
    return f"{day.day} {_of(_MONTHS, language)[day.month - 1]} {day.year}"


def short_day(day: date, language: str = "id") -> str:
    """24 Nov: the month by its first three letters, without the year."""
    return f"{day.day} {_of(_MONTHS, language)[day.month - 1][:3]}"


def weekday_day(day: date, language: str = "id") -> str:
    """Selasa 24 Nov."""
    return f"{_of(_WEEKDAYS, language)[day.weekday()]} {short_day(day, language)}"


def month_named(day: date, language: str = "id") -> str:
    """November 2026."""
    return f"{_of(_MONTHS, language)[day.month - 1]} {day.year}"


def _of(words: Mapping[str, tuple[str, ...]], language: str) -> tuple[str, ...]:
    return words.get(language.lower().replace("_", "-").split("-")[0], words["id"])
