"""Names and other short texts as they are stored and compared. Imports no Django."""

import unicodedata

ZWJ = "\u200d"


def cleaned(text: str) -> str:
    """NFC, without control and format characters but ZWJ, white space single, ends stripped. Raises ValueError for a
    lone surrogate."""
    text.encode("utf-8")
    spaced = "".join(" " if character.isspace() else character for character in text)
    kept = "".join(one for one in spaced if one == ZWJ or unicodedata.category(one) not in ("Cc", "Cf"))
    return " ".join(unicodedata.normalize("NFC", kept).split())


def folded(text: str) -> str:
    """For comparing: cleaned, without case."""
    return cleaned(text).casefold()
