"""Names and other short texts as they are stored and compared. Imports no Django."""

import re
import unicodedata

TITLED = re.compile(r"(bu|ibu|mbak|mbok|mbah|nyai|hj)\b\.? ", re.IGNORECASE)
ZWJ = "\u200d"


def titled(name: str) -> bool:
    """Whether a name as it was typed begins with how a woman is addressed: `Bu Yatmi`, and not `Budi`."""
    return TITLED.match(name.lstrip()) is not None


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
