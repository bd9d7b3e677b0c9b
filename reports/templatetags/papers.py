"""How papers write amounts, days, periods and codes. Words and figures alone: a template lays out, and adds nothing."""

from datetime import date
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from ledger import dates
from ledger.money import SIGNS, grouped
from reports.papers.frame import Paper

register = template.Library()
HASH_LETTERS = 16


def plainly(amount: int, digits: int) -> str:
    """`1.250.000,00`: an amount without its sign, with two decimals where the currency has none."""
    return grouped(abs(amount), digits) + ("" if digits else ",00")


def bracketed(amount: int, digits: int) -> str:
    """`1.250.000,00`; a negative in brackets, `(1.250.000,00)`."""
    return f"({plainly(amount, digits)})" if amount < 0 else plainly(amount, digits)


def in_full(amount: int, currency: str, digits: int) -> str:
    """`Rp1.250.000,00`; a negative in brackets, `(Rp500,00)`."""
    text = SIGNS.get(currency, f"{currency}\u00a0") + plainly(amount, digits)
    return f"({text})" if amount < 0 else text


@register.simple_tag(takes_context=True)
def figure(context: Any, amount: int | None) -> SafeString:
    """A cell of a table with an amount, or empty for None; 0 is told as a dash would be: by a figure, `0,00`."""
    if amount is None:
        return SafeString('<td class="figure"></td>')
    text = plainly(amount, context["paper"].digits)
    if amount < 0:
        return format_html('<td class="figure"><span class="minus">({})</span></td>', text)
    return format_html('<td class="figure">{}</td>', text)


@register.simple_tag(takes_context=True)
def hero(context: Any, amount: int) -> SafeString:
    """A large amount with its currency; smaller where it is long."""
    paper = context["paper"]
    text = in_full(amount, paper.currency, paper.digits)
    size = "amount long" if len(text) > 16 else "amount"
    return format_html('<div class="{}">{}</div>', size, text)


SIZES = ((10**12, "huge"), (10**9, "large"))
"""From which amount on the columns of a table need smaller figures to stand side by side."""


@register.filter
def size(card: Any) -> str:
    """The class of a card's table, or of one of amounts up to a given one, by its largest figure; nothing for the
    figures of a village."""
    figures = [card] if isinstance(card, int) else [card.opening, card.closing, *(one.balance for one in card.lines)]
    largest = max(abs(one) for one in figures)
    return next((name for least, name in SIZES if largest >= least), "")


@register.simple_tag(takes_context=True)
def money(context: Any, amount: int) -> str:
    """`Rp1.250.000,00`, in running text."""
    paper = context["paper"]
    return in_full(amount, paper.currency, paper.digits)


@register.filter
def money_of(amount: int, paper: Paper) -> str:
    """As `money`, where words stand around it."""
    return in_full(amount, paper.currency, paper.digits)


STRIP_COLUMNS, STRIP_LINE, STRIP_REST = 28, 3.6, 72
"""Of a strip 58 mm wide: letters a line surely holds, a line's height in millimetres, and what head, code and gaps
take."""


@register.simple_tag
def strip_page(body: Any) -> SafeString:
    """The page of a strip with this receipt: rather a little too long, and what it does not hold goes on below."""
    said = [body.who, body.carried_by, body.words, body.recorded, "", ""]
    for line in body.lines:
        said += [f"{line.words} {plainly(line.amount, 0)}", line.split]
    said += [f"{one.name} {plainly(one.balance, 0)}      " for one in body.savings]
    said += ["x" * 5 * STRIP_COLUMNS if one.next_due_on else "x" * 3 * STRIP_COLUMNS for one in body.loans]
    lines = sum(-(-len(one) // STRIP_COLUMNS) for one in said) + (3 if body.duty else 0)
    return format_html("<style>@page strip {{ size: 58mm {}mm }}</style>", round(STRIP_REST + lines * STRIP_LINE))


@register.filter
def day(value: date | None, language: str) -> str:
    """`24 November 2026`."""
    return "" if value is None else dates.long_day(value, language)


@register.filter
def brief_day(value: date | None, language: str) -> str:
    """`24 Nov 2026`, in a column."""
    return "" if value is None else f"{dates.short_day(value, language)} {value.year}"


@register.simple_tag
def between(since: date, until: date, language: str) -> str:
    """`1 Jan – 30 Nov 2026`, over a column; with both years where they differ."""
    first = dates.short_day(since, language) if since.year == until.year else brief_day(since, language)
    return f"{first} – {brief_day(until, language)}"


@register.simple_tag
def period(paper: Paper) -> str:
    """`1–30 November 2026`, `1 Oktober–30 November 2026`, or `per 30 November 2026`."""
    since, until, language = paper.since, paper.until, paper.language
    last = dates.long_day(until, language)
    if since is None:
        return gettext("Per %(day)s") % {"day": last}
    if since == until:
        return last
    if (since.year, since.month) == (until.year, until.month):
        return f"{since.day}–{last}"
    first = dates.long_day(since, language)
    return f"{first.removesuffix(f' {since.year}') if since.year == until.year else first} – {last}"


@register.simple_tag
def whereabouts(paper: Paper) -> str:
    """`Desa Blumbangrejo · Kecamatan Kunduran · Kabupaten Blora`, as far as it is known."""
    head = paper.letterhead
    said = (
        (head.village, gettext("Desa %(name)s")),
        (head.district, gettext("Kecamatan %(name)s")),
        (head.regency, gettext("Kabupaten %(name)s")),
    )
    return " · ".join(words % {"name": name} for name, words in said if name)


@register.simple_tag
def seal(paper: Paper) -> str:
    """What kind of seal the file bears, in words."""
    return {
        "uncertified": gettext(
            "Segel elektronik tidak tersertifikasi: dengan sertifikat layanan ini sendiri, bukan dari PSrE Indonesia."
        ),
        "certified": gettext("Segel elektronik tersertifikasi oleh PSrE Indonesia."),
        "none": gettext("Dokumen ini tidak disegel secara elektronik."),
    }[paper.seal]


@register.filter
def count(number: int) -> str:
    """`1.284`."""
    return grouped(number)


@register.filter
def hash(text: str) -> str:
    """`3f9a 22c1 77de 0b41`: the beginning of a hash, in fours."""
    return fours(text[:HASH_LETTERS])


@register.filter
def code(text: str) -> str:
    """A code in fours, for who types it."""
    return fours(text)


@register.filter
def fours(text: str) -> str:
    """In fours, however long."""
    return "\u00a0".join(text[at : at + 4] for at in range(0, len(text), 4))


@register.filter
def door(address: str) -> str:
    """An address as it is typed: without its scheme and without the code at its end."""
    bare = address.partition("#")[0].rpartition("://")[2]
    return bare.rsplit("/", 1)[0]


@register.simple_tag
def state(word: str) -> SafeString:
    """How an instalment stands: a sign and a word, so that it reads in grey."""
    sign, words = {
        "paid": ("✓", gettext("Lunas")),
        "late": ("▲", gettext("Terlambat")),
        "due": ("■", gettext("Jatuh tempo")),
        "upcoming": ("○", gettext("Akan datang")),
    }[word]
    return format_html('<span class="{}">{} {}</span>', word, sign, words)
