"""The NIK, Indonesia's identity number, for life even where it is wrong. Imports no Django.

Six digits of the place of first registration, the birth date as DDMMYY (for women DD + 40), four of a serial. Only its
shape is refused; a place or a date that cannot be is how some people's cards are.
"""

import re
from datetime import date

SHAPE = re.compile(r"[0-9](?:[\s.\-\u2010-\u2015]*[0-9]){15}")


def checked(text: str) -> str:
    """Its 16 digits; spaces, dots and dashes may stand between them. Raises ValueError, without repeating it."""
    if not SHAPE.fullmatch(text.strip()):
        raise ValueError("a NIK has 16 digits")
    return "".join(re.findall("[0-9]", text))


def warnings(nik: str, *, born_on: date | None) -> tuple[str, ...]:
    """Codes of what looks odd about a `checked` NIK: "no_date" (then nothing else can be said), "not_a_woman",
    "birth_date_differs" (the century is not in it)."""
    day, month, year = int(nik[6:8]), int(nik[8:10]), int(nik[10:12])
    woman = day > 40
    day -= 40 if woman else 0
    try:
        date(2000 + year, month, day)  # 1900 had no 29 February, every other year is alike in both centuries
    except ValueError:
        return ("no_date",)
    found = [] if woman else ["not_a_woman"]
    if born_on is not None and (born_on.day, born_on.month, born_on.year % 100) != (day, month, year):
        found.append("birth_date_differs")
    return tuple(found)
