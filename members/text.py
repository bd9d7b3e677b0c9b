"""Names and other short texts as they are stored and compared. Imports no Django."""

import re
import unicodedata

ZWJ = "\u200d"
INVISIBLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200d\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
"""What Unicode lets a reader not see (Default_Ignorable_Code_Point) and `cleaned` keeps."""


def cleaned(text: str) -> str:
    """NFC, without control and format characters, white space single, ends stripped; "" when nothing is left.

    A zero-width joiner stays inside a word, where scripts and emoji need it. Raises ValueError for a lone surrogate,
    which cannot be stored.
    """
    if any("\ud800" <= one <= "\udfff" for one in text):
        raise ValueError("a lone surrogate cannot be stored")
    spaced = (" " if one.isspace() else one for one in text)
    kept = "".join(one for one in spaced if one == ZWJ or unicodedata.category(one) not in ("Cc", "Cf"))
    words = (word.strip(ZWJ) for word in unicodedata.normalize("NFC", kept).split())
    return " ".join(word for word in words if word)


def folded(text: str) -> str:
    """For searching and comparing, never for showing: cleaned, without case and without anything invisible."""
    seen = unicodedata.normalize("NFD", INVISIBLE.sub("", cleaned(text)))
    return " ".join(unicodedata.normalize("NFC", seen.casefold()).split())
