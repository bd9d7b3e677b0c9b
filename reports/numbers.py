"""What a paper is called: its number, and the code by which anybody may ask for it. Imports no Django.

A number reads 014/LSP/BLM/XI/2026: the running number of its kind in the year, the kind's mark, the group's letters,
month and year. A code is 128 random bits in 26 letters and digits, none of which looks like another.
"""

import hashlib
import re
import secrets
import unicodedata
from datetime import date

ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's: without i, l, o and u."""
LENGTH = 26
LETTERS = 3
NO_NAME = frozenset({"demo", "kelompok", "desa", "kelurahan", "kampung"})


def number(serial: int, mark: str, letters: str, on: date) -> str:
    """A paper's number on the day on which it is asked for."""
    return f"{serial:03d}/{mark}/{letters}/{ROMAN[on.month - 1]}/{on.year}"


def letters_of(*names: str | None) -> str:
    """A group's three letters, out of the first of these names (village, group) that has any: the initials of three
    words or more, else the first letter and the consonants after it. `Blumbangrejo`: BLM."""
    for name in names:
        words = [word for word in _plain(name or "").split() if word not in NO_NAME]
        if len(words) >= LETTERS:
            return "".join(word[0] for word in words[:LETTERS]).upper()
        joined = "".join(words)
        if joined:
            consonants = re.sub(r"[aeiou0-9]", "", joined[1:])
            return (joined[0] + consonants + joined[1:])[:LETTERS].upper()
    return "KEL"


def _plain(name: str) -> str:
    bare = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", " ", bare).strip()


def new_code() -> str:
    """128 random bits."""
    value = secrets.randbits(128)
    return "".join(ALPHABET[(value >> (5 * place)) & 31] for place in reversed(range(LENGTH)))


def mark(code: str, version: int) -> bytes:
    """The id that a paper's file bears inside, as the press makes it of code and version."""
    return hashlib.md5(f"{code}/{version}".encode(), usedforsecurity=False).digest()


def read_code(text: str) -> str | None:
    """A code as somebody typed it from paper, in either case, with its blanks and dashes; None: it is none."""
    bare = re.sub(r"[\s-]+", "", text.lower()).translate(str.maketrans("oil", "011"))
    return bare if len(bare) == LENGTH and set(bare) <= set(ALPHABET) else None
