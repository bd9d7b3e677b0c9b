"""How pages write amounts, days, states and loans."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone
from django.utils.translation import get_language, gettext, gettext_noop

from ledger import dates
from ledger.money import grouped, written
from ledger.terbilang import rupiah
from members.text import titled

register = template.Library()
WORDS_FROM = 100_000
"""From this amount on, its words stand below it."""


def _money(context: Any) -> tuple[str, int]:
    """The currency of whatever the page calls its group, and its decimals."""
    group = context.get("group")
    return (group.currency, group.digits) if group else ("IDR", 0)


@register.simple_tag(takes_context=True)
def money(context: Any, amount: int | None) -> str:
    """`Rp1.250.000`, `−Rp500`; nothing for None."""
    currency, digits = _money(context)
    return "" if amount is None else written(amount, currency, digits)


@register.simple_tag(takes_context=True)
def signed(context: Any, amount: int) -> str:
    """A movement: `+Rp20.000`, `−Rp105.000`."""
    currency, digits = _money(context)
    return ("+" if amount > 0 else "") + written(amount, currency, digits)


@register.simple_tag(takes_context=True)
def bare(context: Any, amount: int | None) -> str:
    """The figure alone, for a column headed (Rp)."""
    return "" if amount is None else grouped(amount, _money(context)[1]).replace("-", "−")


@register.simple_tag(takes_context=True)
def in_words(context: Any, amount: int | None) -> str:
    """`satu juta rupiah`, for rupiah from Rp100.000 on; in English pages nothing."""
    currency, digits = _money(context)
    if amount is None or amount < WORDS_FROM or currency != "IDR" or digits or get_language() != "id":
        return ""
    return rupiah(amount)


@register.filter
def long_day(day: date | None) -> str:
    """`24 November 2026`."""
    return "" if day is None else dates.long_day(day, get_language() or "id")


@register.filter
def short_day(day: date | None) -> str:
    """`24 Nov`."""
    return "" if day is None else dates.short_day(day, get_language() or "id")


@register.filter
def weekday_day(day: date | None) -> str:
    """`Selasa 24 Nov`."""
    return "" if day is None else dates.weekday_day(day, get_language() or "id")


@register.filter
def month_name(day: date | None) -> str:
    """`November 2026`."""
    return "" if day is None else dates.month_named(day, get_language() or "id")


@register.simple_tag(takes_context=True)
def moment(context: Any, at: datetime | None) -> str:
    """`24 November 2026 19.30`, in the group's zone."""
    if at is None:
        return ""
    group = context.get("group")
    local = at.astimezone(ZoneInfo(group.timezone if group else "Asia/Jakarta"))
    return f"{dates.long_day(local.date(), get_language() or 'id')} {local:%H.%M}"


@register.simple_tag(takes_context=True)
def clock(context: Any, at: datetime) -> str:
    """`19.30`, in the group's zone."""
    group = context.get("group")
    return f"{at.astimezone(ZoneInfo(group.timezone if group else 'Asia/Jakarta')):%H.%M}"


@register.simple_tag
def ago(at: datetime | None) -> str:
    """`10 menit lalu`, from yesterday on the day; nothing yet for None."""
    if at is None:
        return gettext("belum pernah dipakai")
    minutes = int((timezone.now() - at).total_seconds() // 60)
    if minutes < 1:
        return gettext("baru saja")
    if minutes < 60:
        return gettext("%(count)s menit lalu") % {"count": minutes}
    if minutes < 24 * 60:
        return gettext("%(count)s jam lalu") % {"count": minutes // 60}
    return dates.long_day(at.astimezone(ZoneInfo("Asia/Jakarta")).date(), get_language() or "id")


@register.filter
def percent(value: Any) -> str:
    """`36,91%`: a percentage with its decimal comma (a point in English)."""
    text = str(value)
    return f"{text if get_language() == 'en' else text.replace('.', ',')}%"


@register.filter
def decimal_comma(value: Any) -> str:
    """`2,5`: a quantity with its decimal comma (a point in English)."""
    return str(value) if get_language() == "en" else str(value).replace(".", ",")


STATES: dict[str, tuple[str, str, str]] = {
    "submitted": (gettext_noop("Diajukan"), "wait", "…"),
    "approved": (gettext_noop("Disetujui"), "ok", "✓"),
    "active": (gettext_noop("Berjalan"), "plain", "•"),
    "paid_off": (gettext_noop("Lunas"), "ok", "✓"),
    "written_off": (gettext_noop("Dihapusbukukan"), "bad", "!"),
    "rejected": (gettext_noop("Ditolak"), "bad", "✗"),
    "withdrawn": (gettext_noop("Ditarik"), "plain", "–"),
    "upcoming": (gettext_noop("Akan datang"), "plain", "•"),
    "due": (gettext_noop("Jatuh tempo"), "wait", "!"),
    "late": (gettext_noop("Terlambat"), "bad", "!"),
    "paid": (gettext_noop("Lunas"), "ok", "✓"),
    "open": (gettext_noop("Terbuka"), "plain", "•"),
    "closed": (gettext_noop("Ditutup"), "ok", "✓"),
    "left": (gettext_noop("Sudah keluar"), "plain", "–"),
    "in_force": (gettext_noop("Berlaku"), "ok", "✓"),
    "over": (gettext_noop("Sudah berakhir"), "plain", "–"),
    "queued": (gettext_noop("Sedang dibuat"), "wait", "…"),
    "ready": (gettext_noop("Berlaku"), "ok", "✓"),
    "failed": (gettext_noop("Gagal dibuat"), "bad", "!"),
    "replaced": (gettext_noop("Diganti"), "plain", "–"),
    "revoked": (gettext_noop("Dicabut"), "bad", "✗"),
}
"""A stored word → its label, its colour and the sign that says the same without colour."""


@register.inclusion_tag("components/state.html")
def state(word: str) -> dict[str, str]:
    """A state as a chip: a sign, a word, and a colour that adds nothing to them."""
    label, tone, sign = STATES[word]
    return {"label": gettext(label), "tone": tone, "sign": sign}


@register.inclusion_tag("components/boxes.html")
def boxes(total: int, ticked: int, late: int = 0) -> dict[str, Any]:
    """A loan as `total` boxes, `ticked` of them paid and the next `late` overdue: what everybody can read."""
    kinds = ["paid"] * ticked + ["late"] * min(late, total - ticked)
    return {"boxes": kinds + ["open"] * (total - len(kinds)), "total": total, "ticked": ticked, "late": late}


@register.inclusion_tag("components/icon.html")
def icon(name: str) -> dict[str, str]:
    """A plain line drawing beside a word; says nothing by itself."""
    return {"name": name}


@register.simple_tag
def initials(name: str) -> str:
    """Two letters for the round mark beside a name."""
    parts = name.split()
    return (parts[0][:1] + (parts[-1][:1] if len(parts) > 1 else "")).upper() if parts else "?"


OFFICES = {
    "chair": gettext_noop("Ketua"),
    "treasurer": gettext_noop("Bendahara"),
    "secretary": gettext_noop("Sekretaris"),
    "supervisor": gettext_noop("Pengawas"),
}


@register.filter
def addressed(name: str | None) -> str:
    """`Bu Yatmi`, once: also of somebody who was written down as Bu Yatmi. Whose data were erased is a member."""
    if not name:
        return gettext("Anggota")
    return name if titled(name) else gettext("Bu %(name)s") % {"name": name}


@register.filter
def office(role: str) -> str:
    """`Bendahara`."""
    return gettext(OFFICES[role])


SCOPES = {
    "totals": gettext_noop("Jumlah seluruh kelompok"),
    "loans": gettext_noop("Tiap pinjaman, tanpa nama"),
    "members.pseudonym": gettext_noop("Tiap anggota, dengan nomornya"),
    "members.named": gettext_noop("Tiap anggota, dengan namanya"),
}
"""What a consent opens to a lender → in a few words."""
DISCLOSED = {
    "see_group": gettext_noop("nama dan aturan kelompok"),
    "see_portal": gettext_noop("halaman kelompok untuk pendana"),
    "see_totals": gettext_noop("jumlah anggota, simpanan, dan pinjaman"),
    "see_lent": gettext_noop("daftar pinjaman"),
    "see_borrowers": gettext_noop("daftar anggota dengan simpanan dan pinjamannya"),
    "see_facilities": gettext_noop("dananya sendiri: sisa, jatuh tempo, tunggakan"),
    "see_statements": gettext_noop("laporannya sendiri"),
    "ask_statement": gettext_noop("minta laporannya sendiri"),
}
"""Act of a lender (`access.OPENED_BY`) → what it was shown by it."""


@register.filter
def scope(word: str) -> str:
    """`Tiap pinjaman, tanpa nama`."""
    return gettext(SCOPES[word])


@register.filter
def disclosed(act: str) -> str:
    """`daftar pinjaman`."""
    return gettext(DISCLOSED[act]) if act in DISCLOSED else act


@register.filter
def said(word: str) -> str:
    """A stored word in the reader's language: `jasa`, `Kurang lancar`. What nobody translates stays as it is."""
    return gettext(word) if word else ""


@register.filter
def may(at: Any, act: str) -> bool:
    """`{% if at|may:"add_member" %}`."""
    return bool(at and at.may(act))
