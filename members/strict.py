"""JSON as the door takes it: UTF-8, no key twice, and numbers that stay what was written. Imports no Django.

Python's own reader takes `NaN`, rounds `1e400` to infinity and lets the last of two equal keys win; with money each of
these is a loss without a word. A number that is not a whole one comes out as `Written`, which no field takes.
"""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

DEEPEST = 20
LONGEST_INT = 30


class Problem(NamedTuple):
    """What is wrong with one part of a request: where (a JSON pointer, or `?name` in a query), a code, a sentence."""

    pointer: str
    code: str
    detail: str


class Malformed(Exception):
    """The request cannot be read; nothing was done."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__(f"{len(self.problems)} problems")


class Written(NamedTuple):
    """A number as it was written: `1.5`, `1e3`, `NaN`."""

    text: str


class _Doubled(dict[str, Any]):
    """An object in which these keys stood more than once."""

    keys_twice: tuple[str, ...] = ()


def parse(body: bytes) -> Any:
    """The value that `body` writes. Raises Malformed."""
    try:
        value = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_object,
            parse_int=_whole,
            parse_float=Written,
            parse_constant=Written,
        )
    except UnicodeDecodeError:
        raise Malformed([Problem("", "invalid", "Isi permintaan bukan UTF-8.")]) from None
    except json.JSONDecodeError as error:
        where = f"baris {error.lineno}, kolom {error.colno}"
        raise Malformed([Problem("", "invalid", f"Isi permintaan bukan JSON ({where}).")]) from None
    except RecursionError:
        raise Malformed([_too_deep("")]) from None
    problems = list(_examined(value, "", 0))
    if problems:
        raise Malformed(problems)
    return value


def pointer(*steps: object) -> str:
    """A JSON pointer (RFC 6901) to a place in the body."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    doubled = _Doubled(found)
    names = [name for name, _ in pairs]
    doubled.keys_twice = tuple(sorted({name for name in names if names.count(name) > 1}))
    return doubled


def _whole(text: str) -> int:
    """Longer ones than any field takes are cut short: what is refused needs no exact value."""
    return int(text) if len(text) <= LONGEST_INT else 10**LONGEST_INT


def _examined(value: Any, here: str, depth: int) -> Any:
    if depth > DEEPEST:
        yield _too_deep("")
    elif isinstance(value, dict):
        for name in getattr(value, "keys_twice", ()):
            yield Problem(here + pointer(name), "duplicate_key", "Nama ini tertulis lebih dari sekali.")
        for name, inner in value.items():
            yield from _examined(inner, here + pointer(name), depth + 1)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _examined(inner, here + pointer(number), depth + 1)


def _too_deep(here: str) -> Problem:
    return Problem(here, "invalid", f"Isi permintaan bertingkat lebih dari {DEEPEST}.")
