"""The NIK. Imports no Django."""

from datetime import date


def checked(text: str) -> str:
    """Its 16 digits. Raises ValueError."""
    digits = text.translate(str.maketrans("", "", " .-"))
    if not (len(digits) == 16 and digits.isascii() and digits.isdigit()):
        raise ValueError("a NIK has 16 digits")
    return digits


def warnings(nik: str, *, born_on: date | None) -> tuple[str, ...]:
    """Codes of what looks odd."""
    day, month, year = int(nik[6:8]), int(nik[8:10]), int(nik[10:12])
    found = [] if day > 40 else ["not_a_woman"]
    day -= 40 if day > 40 else 0
    try:
        date(2000 + year, month, day)
    except ValueError:
        return ("no_date",)
    if born_on and (born_on.day, born_on.month, born_on.year % 100) != (day, month, year):
        found.append("birth_date_differs")
    return tuple(found)
