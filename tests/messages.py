"""`python -m tests.messages`: gather what pages say, merge it into the English catalogue, compile that.

Bahasa Indonesia is what the pages are written in, so a message's id is its Indonesian text. Gathered are templates,
Python's gettext calls, the refusals' docstrings, and sentences that stand in data. Needs no gettext of the system.
"""

import ast
import io
import os
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from babel.messages import mofile, pofile
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
APPS = ("capital", "config", "ledger", "loans", "members", "reports", "savings")
ENGLISH = ROOT / "config" / "locale" / "en" / "LC_MESSAGES" / "django.po"
COMPILED = ENGLISH.with_suffix(".mo")
INDONESIAN_ONLY = tuple(f"config/templates/{name}" for name in ("admin/", "catalogue/", "docs.html", "operators/"))
"""Pages without an English side: the operator's, and those for whoever builds on Lumbung."""

CALLS: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), (1,)),
    **dict.fromkeys(("ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"), (1, 2)),
    **dict.fromkeys(("Problem", "BadTerms"), (3,)),  # what was wrong with a body: where, a code, a sentence
    "ValidationError": (1,),
    "look": (4,),  # a limit of a loan
}
"""Function → which of its arguments are messages."""

Message = str | tuple[str, str]


class Found(NamedTuple):
    """A message (with its plural) and the file it stands in."""

    where: str
    message: Message
    context: str | None = None


def found() -> Iterator[Found]:
    """Every message there is, several times if it stands in several places."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield from in_python(path.read_text(), named(path))
    for path in templates():
        yield from in_template(path.read_text(), named(path))
    yield from in_refusals()
    yield from in_data()


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def templates() -> list[Path]:
    """Those that speak to people in either language."""
    every = [path for app in APPS for path in sorted((ROOT / app / "templates").rglob("*.*"))]
    return [path for path in every if not named(path).startswith(INDONESIAN_ONLY)]


def in_python(source: str, where: str) -> Iterator[Found]:
    """The literal messages of a module; what is put together at run time has its literals elsewhere."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name not in CALLS:
            continue
        given = [one.value if isinstance(one, ast.Constant) else None for one in node.args]
        yield from called(name, given, where)


def called(name: str, given: Sequence[Any], where: str) -> Iterator[Found]:
    """What a call says, if all of it is literal."""
    places = CALLS[name]
    words: list[Any] = [given[place - 1] if len(given) >= place else None for place in places]
    if all(isinstance(word, str) and word for word in words):
        context = words.pop(0) if name.startswith("pgettext") else None
        yield Found(where, tuple(words) if len(words) > 1 else words[0], context)


def in_template(source: str, where: str) -> Iterator[Found]:
    """Django makes Python of a template, in which everything but the messages is blank."""
    code = "\n".join(line.strip() for line in templatize(source).splitlines())
    read = io.BytesIO(code.encode())
    for _, name, said, _ in extract_python(read, dict.fromkeys(CALLS), [], {"encoding": "utf-8"}):
        yield from called(str(name), said if isinstance(said, tuple) else (said,), where)


def in_refusals() -> Iterator[Found]:
    """A refusal's docstring is its sentence."""
    from ledger.errors import DomainError

    for path in sorted(ROOT.glob("*/errors.py")):
        import_module(f"{path.parent.name}.errors")
    for kind in (DomainError, *below(DomainError)):
        if kind.__doc__ and not kind.__module__.startswith("tests."):
            yield Found(kind.__module__.replace(".", "/") + ".py", " ".join(kind.__doc__.split()))


def below(kind: type) -> Iterator[type]:
    for one in kind.__subclasses__():
        yield one
        yield from below(one)


def in_data() -> Iterator[Found]:
    """Sentences and words in data that pages show."""
    from config.api import OURS, TITLES
    from ledger.amounts import REASONS
    from loans.classes import PRESETS
    from members.api.officers import PINS
    from members.errors import OFFICES
    from members.fields import SENTENCES

    told: dict[str, list[str]] = {
        "config/api.py": [*TITLES.values(), *(detail for _, detail in OURS.values())],
        "ledger/amounts.py": list(REASONS.values()),
        "members/fields.py": list(SENTENCES.values()),
        "members/api/officers.py": list(PINS.values()),
        "members/errors.py": list(OFFICES.values()),
        "loans/classes.py": [
            one.name
            for preset in PRESETS.values()
            for one in preset.classes
            if len(one.name) > 3 and not one.name[-1].isdigit()
        ],
    }
    for where, messages in told.items():
        for message in messages:
            yield Found(where, message)


# ── the catalogue ───────────────────────────────────────────────────────────────────────────────────────────────────


def catalogue(known: Catalog | None = None) -> Catalog:
    """What is said now, with the English of what is known. What is said no longer is left out."""
    at = datetime(2026, 11, 25, tzinfo=UTC)  # no day in the file: it changes when its messages do
    made = Catalog(locale="en", project="Lumbung", charset="utf-8", fuzzy=False, creation_date=at, revision_date=at)
    made.header_comment = "# What Lumbung's pages say, in English. Made and compiled by `python -m tests.messages`."
    for one in sorted(found(), key=lambda one: (one.where, str(one.message))):
        before = known.get(one.message, one.context) if known else None
        english = before.string if before and before.id == one.message else None
        made.add(one.message, english, locations=[(one.where, 0)], context=one.context)
    return made


def read() -> Catalog:
    if not ENGLISH.exists():
        return Catalog(locale="en")
    with ENGLISH.open("rb") as file:
        return pofile.read_po(file, locale="en")


def written(made: Catalog) -> bytes:
    file = io.BytesIO()
    pofile.write_po(file, made, width=120, include_lineno=False, sort_by_file=True)
    return file.getvalue()


def compiled(made: Catalog) -> bytes:
    file = io.BytesIO()
    mofile.write_mo(file, made)
    return file.getvalue()


HOLES = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*(?::\w+)?\}")


def holes(text: str) -> list[str]:
    """The places that facts are put in."""
    return sorted(HOLES.findall(text))


def wrong(made: Catalog) -> list[str]:
    """Messages without their English, or whose English has other places for facts."""
    bad = []
    for one in made:
        if not one.id:
            continue
        ids = [str(text) for text in ([one.id] if isinstance(one.id, str) else one.id)]
        english = [str(text) for text in ([one.string or ""] if isinstance(one.string, str | None) else one.string)]
        if len(english) < len(ids) or not all(english):
            bad.append(f"no English: {ids[0]}")
        elif any(set(holes(text)) != set(holes(ids[-1])) for text in english[-1:]):
            bad.append(f"other places for facts: {ids[0]}")
        elif one.fuzzy:
            bad.append(f"unsure: {ids[0]}")
    return bad


# ── text that nobody translates ─────────────────────────────────────────────────────────────────────────────────────

TAGS = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
BLOCKS = re.compile(
    r"\{%\s*(blocktranslate|blocktrans|comment)\b.*?%\}.*?\{%\s*end(?:blocktranslate|blocktrans|comment)\s*%\}",
    re.DOTALL,
)
NAMES = re.compile(r"\b(Lumbung|English|Bahasa Indonesia|Rp|API|PIN|HP|QR|NIK|PDF|CSV|PAR|APR|WhatsApp)\b")
SPOKEN = ("alt", "aria-label", "placeholder", "title", "content")


class Bare(HTMLParser):
    """Collects text and spoken attributes of what is left of a template without its tags."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def handle_data(self, data: str) -> None:
        self.hear(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in SPOKEN and tag != "meta":
                self.hear(value or "")

    def hear(self, text: str) -> None:
        left = NAMES.sub("", text)
        if re.search(r"[^\W\d_]{2,}", left):
            self.told.append(" ".join(left.split()))


def untranslated(source: str) -> list[str]:
    """Words in a template that stand outside its translations."""
    reader = Bare()
    reader.feed(TAGS.sub(" ", BLOCKS.sub(" ", source)))
    reader.close()
    return reader.told


def unmarked(source: str) -> list[str]:
    """Sentences of a module that no call in it translates or marks, docstrings apart."""
    tree = ast.parse(source)
    passed = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    marked: set[Any] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in CALLS:
            inside = [one for one in ast.walk(node) if isinstance(one, ast.Constant)]
            passed |= {id(one) for one in inside}
            marked |= {one.value for one in inside}
    texts = [one for one in ast.walk(tree) if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return [
        str(one.value)
        for one in texts
        if id(one) not in passed and one.value not in marked and re.match(r"[A-Z][a-z]+ \w+", str(one.value))
    ]


def spoken() -> list[Path]:
    """The modules that speak on pages."""
    inside = ("views/*.py", "templatetags/*.py", "forms.py", "page.py")
    return [path for app in APPS for pattern in inside for path in sorted((ROOT / app).glob(pattern))]


def main() -> int:
    os.environ.setdefault("SECRET_KEY", "unused")
    os.environ.setdefault("DATABASE_URL", "postgres://nobody@127.0.0.1/none")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    made = catalogue(read())
    ENGLISH.write_bytes(written(made))
    COMPILED.write_bytes(compiled(made))
    lacking = wrong(made)
    bare = [f"{named(path)}: {text}" for path in templates() for text in untranslated(path.read_text())]
    bare += [f"{named(path)}: {text}" for path in spoken() for text in unmarked(path.read_text())]
    print("\n".join([*lacking, *(f"not translated: {one}" for one in bare)]))
    print(f"{len(made)} messages, {len(lacking)} to mend, {len(bare)} texts outside translations")
    return 1 if lacking or bare else 0


if __name__ == "__main__":
    sys.exit(main())
