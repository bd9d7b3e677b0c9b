"""A receipt as text: for a message that she forwards, and for a strip of paper 58 mm wide.

The figures stand in the text itself. There is no link and no secret in it: what is sent to one is read by many.
"""

import textwrap
import unicodedata
from collections.abc import Iterator
from urllib.parse import quote

from django.utils.translation import gettext as _

from ledger.dates import long_day, short_day
from ledger.money import grouped, written
from members.errors import OFFICES
from reports.receipts import Boxes, Line, Receipt

WIDTH = 32
"""Columns of a printer for paper of 58 mm."""
MOST_BOXES = 24


def as_message(receipt: Receipt) -> str:
    """The text of a message; a line between asterisks is shown bold there."""
    return "\n".join(line for line in _message(receipt))


def _message(receipt: Receipt) -> Iterator[str]:
    if receipt.reversed:
        yield from _cancelled(receipt)
        return
    yield f"*{receipt.group}*"
    yield _("Tanda terima %(number)s") % {"number": receipt.number}
    yield long_day(receipt.day)
    yield whose(receipt)
    if receipt.carried_by:
        yield _("Dititipkan lewat %(name)s") % {"name": receipt.carried_by}
    yield ""
    for line in receipt.lines:
        yield f"{_named(line)}: {_money(receipt, line.amount, incoming=line.incoming)}"
        if line.split:
            yield f"  ({divided(receipt, line)})"
    yield f"*{total_word(receipt)} {_money(receipt, receipt.total)}*"
    yield f"({receipt.terbilang})"
    yield ""
    if not receipt.stands:
        yield _("Sebagian dibatalkan, jadi saldo di bukti ini tidak berlaku lagi.")
    for saved in receipt.savings if receipt.stands else ():
        yield f"{_('Saldo')} {saved.name}: {_money(receipt, saved.balance)}"
    for one in receipt.loans if receipt.stands else ():
        yield f"{_('Pinjaman')} {one.number}: {_ticks(one, '▣', '▢')} {_left(receipt, one)}"
        if one.next_due_on is not None and one.next_due_amount is not None:
            amount = _money(receipt, one.next_due_amount)
            yield "  " + _("berikutnya %(amount)s, %(day)s") % {"amount": amount, "day": short_day(one.next_due_on)}
    yield ""
    yield f"{recorded(receipt)} · {_('kode cek')} {receipt.check}"


def _cancelled(receipt: Receipt) -> Iterator[str]:
    """The news that it was taken back; no receipt, and no balance that stands no longer."""
    yield f"*{_('DIBATALKAN')}*"
    yield f"*{receipt.group}*"
    yield whose(receipt)
    yield ""
    facts = {"number": receipt.number, "day": long_day(receipt.day)}
    yield _("Tanda terima %(number)s tanggal %(day)s tidak berlaku lagi. Yang dibatalkan:") % facts
    for line in receipt.lines:
        yield f"{line.words}: {_money(receipt, line.amount, incoming=line.incoming)}"
    yield ""
    yield _("Jumlah itu tidak dihitung lagi. Kalau ada yang belum jelas, tanyakan kepada pengurus.")


def as_strip(receipt: Receipt) -> str:
    """The same for a printer that knows ASCII and 32 columns: no line is longer."""
    return "\n".join(plain(line).rstrip() for line in _strip(receipt))


def _strip(receipt: Receipt) -> Iterator[str]:
    rule = "-" * WIDTH
    if receipt.reversed:
        yield from _middle(f"*** {_('DIBATALKAN')} ***")
    yield from _middle(receipt.group)
    yield from _middle(receipt.number)
    yield rule
    yield from _wrapped(long_day(receipt.day))
    yield from _wrapped(whose(receipt))
    if receipt.carried_by:
        yield from _wrapped(_("Dititipkan lewat %(name)s") % {"name": receipt.carried_by})
    yield rule
    for line in receipt.lines:
        sign = "" if line.incoming else "-"
        yield from _row(_named(line), sign + grouped(line.amount, receipt.digits))
        if line.split:
            yield from _wrapped(divided(receipt, line), indent="  ")
    yield rule
    yield from _row(total_word(receipt), plain(_money(receipt, receipt.total)))
    yield from _wrapped(receipt.terbilang)
    yield rule
    for saved in receipt.savings if receipt.stands else ():
        yield from _row(saved.name, grouped(saved.balance, receipt.digits))
    for one in receipt.loans if receipt.stands else ():
        yield from _wrapped(f"{_('Pinjaman')} {one.number} {_ticks(one, '#', '.')}")
        yield from _wrapped(_left(receipt, one), indent="  ")
        if one.next_due_on is not None and one.next_due_amount is not None:
            amount = _money(receipt, one.next_due_amount)
            said = _("berikutnya %(amount)s, %(day)s") % {"amount": amount, "day": short_day(one.next_due_on)}
            yield from _wrapped(said, indent="  ")
    if receipt.stands:
        yield rule
    yield from _wrapped(recorded(receipt))
    yield from _wrapped(f"{_('Kode cek')} {receipt.check}")


def wa_link(phone: str | None, text: str) -> str:
    """The address that opens WhatsApp with a text filled in, to a number or to whom she then chooses."""
    number = "".join(digit for digit in phone or "" if digit in "0123456789")
    return f"https://wa.me/{number}?text={quote(text, safe='')}"


def whose(receipt: Receipt) -> str:
    """Siti Aminah (no. 3); her number alone once she was forgotten."""
    number = _("no. %(number)s") % {"number": receipt.member_number}
    return f"{receipt.member_name} ({number})" if receipt.member_name else _("Anggota %(number)s") % {"number": number}


def total_word(receipt: Receipt) -> str:
    """Which way it went: from her, or to her."""
    return _("Diterima") if receipt.incoming else _("Dibayarkan")


def recorded(receipt: Receipt) -> str:
    """By whom, with her office."""
    by = receipt.recorded_by
    if by is None or not by.name:
        return _("Dicatat oleh pengurus")
    office = f" ({OFFICES[by.role]})" if by.role else ""
    return _("Dicatat oleh %(name)s") % {"name": by.name} + office


def divided(receipt: Receipt, line: Line) -> str:
    """What a repayment paid: pokok 80.000, jasa 6.000."""
    return ", ".join(f"{name} {grouped(amount, receipt.digits)}" for name, amount in parts(receipt, line))


def parts(receipt: Receipt, line: Line) -> list[tuple[str, int]]:
    """What a repayment paid, by the names of its components."""
    paid = line.split or {}
    return [(name, paid[key]) for key, name in _components(receipt).items() if paid.get(key)]


def asks(receipt: Receipt, one: Boxes) -> str:
    """What is left of a loan, by name: pokok dan jasa."""
    said = [name for key, name in _components(receipt).items() if key in one.asks]
    if len(said) < 2:
        return "".join(said)
    *before, last = said
    facts = {"these": ", ".join(before), "last": last}
    return (_("%(these)s, dan %(last)s") if len(before) > 1 else _("%(these)s dan %(last)s")) % facts


def _components(receipt: Receipt) -> dict[str, str]:
    return {
        "principal": _("pokok"),
        "interest": _("bunga") if receipt.interest_word == "bunga" else _("jasa"),
        "fee": _("biaya"),
        "penalty": _("denda"),
        "excess": _("titipan"),
    }


def _named(line: Line) -> str:
    return f"{line.words} ({_('dibatalkan')})" if line.reversed else line.words


def _money(receipt: Receipt, amount: int, *, incoming: bool = True) -> str:
    return written(amount if incoming else -amount, receipt.currency, receipt.digits)


def _ticks(one: Boxes, full: str, empty: str) -> str:
    return "" if one.count > MOST_BOXES else full * one.ticked + empty * (one.count - one.ticked)


def _left(receipt: Receipt, one: Boxes) -> str:
    if not one.left:
        return _("lunas")
    paid = _("%(ticked)s dari %(count)s lunas") % {"ticked": one.ticked, "count": one.count}
    facts = {"sum": _money(receipt, one.left), "parts": asks(receipt, one)}
    return f"{paid}, " + _("sisa yang harus dibayar %(sum)s (%(parts)s)") % facts


# ── paper of 32 columns ─────────────────────────────────────────────────────────────────────────────────────────────


def plain(text: str) -> str:
    """ASCII: accents fall off, the minus and the space of typesetters become those of typewriters."""
    typed = text.replace("\u2212", "-").replace("\u00a0", " ").replace("·", "-").replace("’", "'")
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", typed) if not unicodedata.combining(letter))
    return bare.encode("ascii", "replace").decode()


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(plain(text), WIDTH, initial_indent=indent, subsequent_indent=indent) or [""]


def _middle(text: str) -> list[str]:
    return [line.center(WIDTH) for line in _wrapped(text)]


def _row(words: str, figure: str) -> Iterator[str]:
    """Words to the left and a figure to the right; the figure has a line of its own where both do not fit."""
    *above, last = _wrapped(words)
    yield from above
    if len(last) + 1 + len(figure) <= WIDTH:
        yield last + figure.rjust(WIDTH - len(last))
    else:
        yield last
        yield figure.rjust(WIDTH)
