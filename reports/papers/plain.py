"""Texts as a paper may bear them. Imports no Django.

What people typed is text and nothing else: controls, formatting marks and overrides of direction are taken out, white
space is single, and what is longer than a paper has room for ends in an ellipsis. Markup is left to the template,
which escapes it.
"""

import unicodedata
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

T = TypeVar("T")
LONGEST = 600
"""More than any name or reason that is stored; a memo beyond it is cut."""
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def plain(text: str, longest: int = LONGEST) -> str:
    """One line of visible letters."""
    kept = (
        " " if one.isspace() else one
        for one in unicodedata.normalize("NFC", text)
        if one.isspace() or unicodedata.category(one) not in UNSEEN
    )
    line = " ".join("".join(kept).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def plainly(value: T) -> T:
    """The same value with every text in it plain: dataclasses, tuples and mappings all the way down."""
    return _plain(value)  # type: ignore[no-any-return]


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, tuple):
        inner = [_plain(one) for one in value]
        return type(value)(*inner) if hasattr(value, "_fields") else tuple(inner)
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {_plain(name): _plain(one) for name, one in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{one.name: _plain(getattr(value, one.name)) for one in fields(value) if one.init})
    return value
