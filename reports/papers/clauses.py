"""What the two sides of a loan promise each other, clause by clause, in words that follow from its terms and rules.

The text is the field's model of a *surat perjanjian pinjaman*, not law; what a group agreed otherwise it writes beside.
Every paragraph is shorter than a paper cuts a text (`plain.LONGEST`), whatever the terms.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ledger.dates import long_day
from loans.pricing import Price
from loans.terms import Terms
from loans.views.words import METHODS, comma, span
from reports.papers import spelled

HUNDRED_THOUSAND = 100_000

COUNTED = {
    "flat": gettext_noop("dihitung dari besar pinjaman semula, jadi sama besarnya pada setiap angsuran"),
    "equal_principal": gettext_noop("dihitung dari sisa pokok, jadi berkurang setiap kali pokok dibayar"),
    "annuity": gettext_noop("dihitung dari sisa pokok, sedangkan jumlah angsuran tetap sama"),
    "bullet": gettext_noop("dihitung dari besar pinjaman; pokok dikembalikan sekaligus pada akhir jangka waktu"),
    "sum_of_digits": gettext_noop("dihitung dari besar pinjaman semula; bagian terbesar ditagih pada angsuran awal"),
    "uneven": gettext_noop("menurut jadwal yang disepakati, angsuran demi angsuran"),
}
ORDERS = {
    "DUE_PENALTY_INTEREST_PRINCIPAL_FEE_IN_ADVANCE_PENALTY_INTEREST_PRINCIPAL_FEE": gettext_noop(
        "denda, %(word)s, pokok, kemudian biaya"
    ),
}
ORDER = gettext_noop("denda, biaya, %(word)s, kemudian pokok")
"""Every other order of allocation."""
EXCESS = {
    "hold": gettext_noop("Kelebihan bayar dititipkan pada kelompok untuk angsuran berikutnya."),
    "pay_ahead": gettext_noop("Kelebihan bayar langsung mengurangi angsuran berikutnya."),
    "sukarela": gettext_noop("Kelebihan bayar menjadi simpanan sukarela PIHAK KEDUA."),
    "refuse": gettext_noop("Pembayaran yang melebihi sisa pinjaman tidak diterima."),
}
PER = {
    "day": gettext_noop("setiap hari terlambat"),
    "month": gettext_noop("setiap bulan terlambat"),
    "meeting": gettext_noop("setiap pertemuan selama terlambat"),
}
FLAT = ("flat", "sum_of_digits")


@dataclass(frozen=True, slots=True)
class Clause:
    """A numbered clause; `mark` names what stands below its text: "purchases", "price" or nothing."""

    number: int
    heading: str
    paragraphs: tuple[str, ...]
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Deal:
    """All that the words follow from. `paid_out`: the day in `terms` is that of the disbursement, else it is the day
    the schedule was counted for."""

    terms: Terms
    rules: Mapping[str, Any]
    price: Price
    word: str
    purpose: str
    has_purchases: bool
    first_due_on: date
    last_due_on: date
    paid_out: bool
    saves: str
    cap: Decimal
    place: str
    currency: str
    language: str

    def both(self, amount: int) -> str:
        """With its words in brackets."""
        return spelled.both(amount, self.currency, self.terms.digits, self.language)

    def figure(self, amount: int) -> str:
        return spelled.figure(amount, self.currency, self.terms.digits)

    def day(self, on: date) -> str:
        return long_day(on, self.language)

    @property
    def repaid(self) -> int:
        """Every instalment together."""
        return self.price.received + self.cost

    @property
    def cost(self) -> int:
        """What she pays back beyond what she gets in hand."""
        return self.price.total_interest + self.price.total_fees


def clauses(deal: Deal) -> tuple[Clause, ...]:
    """The clauses in order."""
    found = (
        (_("Besar pinjaman"), _sum(deal), ""),
        (_("Penggunaan"), _use(deal), "purchases" if deal.has_purchases else ""),
        (_("Jangka waktu dan jadwal"), _time(deal), ""),
        (_("%(word)s dan biaya") % {"word": deal.word.capitalize()}, _cost(deal), "price"),
        (_("Cara membayar"), _paying(deal), ""),
        (_("Denda"), _penalty(deal), ""),
        (_("Simpanan wajib"), _saving(deal), ""),
        (_("Tanggung renteng"), _together(), ""),
        (_("Pelunasan dipercepat"), _early(deal), ""),
        (_("Wanprestasi"), _default(), ""),
        (_("Penyelesaian perselisihan"), _dispute(deal), ""),
        (_("Penutup"), _end(), ""),
    )
    return tuple(Clause(number, *one) for number, one in enumerate(found, start=1))


def _sum(deal: Deal) -> tuple[str, ...]:
    lent = _("PIHAK PERTAMA meminjamkan kepada PIHAK KEDUA uang kelompok sebesar %(sum)s.")
    said = [lent % {"sum": deal.both(deal.terms.principal)}]
    upfront = deal.terms.principal - deal.price.received
    if upfront:
        said.append(
            _("Dari jumlah itu biaya di muka sebesar %(sum)s tetap pada kelompok.") % {"sum": deal.both(upfront)}
        )
        said.append(_("Yang diterima PIHAK KEDUA: %(sum)s.") % {"sum": deal.both(deal.price.received)})
    day = {"day": deal.day(deal.terms.disbursed_on)}
    if deal.paid_out:
        said.append(_("Pinjaman dibayarkan pada %(day)s.") % day)
    else:
        said.append(_("Pinjaman belum dibayarkan; jadwal dihitung untuk pencairan pada %(day)s.") % day)
    return tuple(said)


def _use(deal: Deal) -> tuple[str, ...]:
    said = [_("Pinjaman dipakai untuk: %(purpose)s.") % {"purpose": deal.purpose.rstrip(".")}] if deal.purpose else []
    if deal.has_purchases:
        said.append(_("Yang dibeli dengan pinjaman ini tertulis dalam daftar di bawah."))
    said.append(
        _("PIHAK KEDUA memakai pinjaman untuk keperluan itu saja, dan menunjukkan bukti belanjanya bila diminta.")
    )
    return tuple(said)


def _time(deal: Deal) -> tuple[str, ...]:
    words = _("Pinjaman dikembalikan dalam %(count)s (%(words)s) angsuran selama %(span)s.") % {
        "count": deal.terms.installments,
        "words": spelled.number(deal.terms.installments, deal.language),
        "span": span(deal.terms.installments, deal.terms.every, deal.terms.unit)
        if not deal.terms.rows
        else _("waktu menurut jadwal"),
    }
    days = _("Angsuran pertama jatuh tempo pada %(first)s dan yang terakhir pada %(last)s.") % {
        "first": deal.day(deal.first_due_on),
        "last": deal.day(deal.last_due_on),
    }
    annex = _("Jadwal angsuran dalam lampiran adalah bagian yang tidak terpisahkan dari perjanjian ini.")
    return (words, days, annex)


def _cost(deal: Deal) -> tuple[str, ...]:
    terms = deal.terms
    if terms.rate:
        rate = _("%(word)s pinjaman %(percent)s%% %(per)s, cara %(method)s: %(counted)s.") % {
            "word": deal.word.capitalize(),
            "percent": comma(terms.rate),
            "per": _("sebulan") if terms.rate_per == "month" else _("setahun"),
            "method": _(METHODS[terms.method]),
            "counted": _(COUNTED[terms.method]),
        }
    else:
        rate = _("Pinjaman ini tanpa %(word)s.") % {"word": deal.word}
    return (rate, *_fees(deal), _in_plain_words(deal), *_rates(deal))


def _fees(deal: Deal) -> tuple[str, ...]:
    said = []
    for fee in deal.terms.fees:
        much = (
            deal.figure(fee.amount)
            if fee.amount is not None
            else _("%(percent)s%% dari besar pinjaman") % {"percent": comma(fee.percent)}
        )
        when = _("sekali, di muka") if fee.when == "upfront" else _("pada setiap angsuran")
        said.append(_("Biaya %(kind)s %(much)s, %(when)s.") % {"kind": fee.kind, "much": much, "when": when})
    return tuple(said)


def _in_plain_words(deal: Deal) -> str:
    return _(
        "PIHAK KEDUA menerima %(received)s dan seluruhnya membayar kembali %(repaid)s; selisihnya, %(cost)s, adalah "
        "biaya pinjaman ini."
    ) % {
        "received": deal.figure(deal.price.received),
        "repaid": deal.figure(deal.repaid),
        "cost": deal.figure(deal.cost),
    }


def _rates(deal: Deal) -> tuple[str, ...]:
    """The yearly rates in words she can weigh: what a hundred thousand held for a year would cost."""
    apr, effective = deal.price.apr_percent, deal.price.effective_annual_rate_percent
    if apr is None or effective is None or not deal.cost:
        return ()
    unit = HUNDRED_THOUSAND * 10**deal.terms.digits
    dearer = int((unit * effective / 100).quantize(Decimal(1), ROUND_HALF_UP))
    said = [
        _(
            "Dihitung dari uang yang benar-benar masih dipegang sampai dibayar kembali, itu %(apr)s%% setahun (APR), "
            "dan %(effective)s%% setahun bila dihitung berbunga (suku bunga efektif, EIR)."
        )
        % {"apr": comma(apr), "effective": comma(effective)},
        _("Sama beratnya dengan meminjam %(sum)s selama setahun, lalu mengembalikannya dengan tambahan %(more)s.")
        % {"sum": deal.figure(unit), "more": deal.figure(dearer)},
    ]
    if max(effective, deal.terms.annual_percent) > deal.cap:
        said.append(_("Perhatian: itu di atas batas %(cap)s%% setahun pada kelompok ini.") % {"cap": comma(deal.cap)})
    return tuple(said)


def _paying(deal: Deal) -> tuple[str, ...]:
    order = _(ORDERS.get(deal.rules["allocation"], ORDER)) % {"word": deal.word}
    return (
        _("Angsuran dibayar kepada bendahara pada pertemuan kelompok, paling lambat pada hari jatuh tempo."),
        _("Setiap pembayaran mendapat tanda terima; tanpa tanda terima pembayaran dianggap belum ada."),
        _("Uang yang masuk membayar angsuran yang paling lama dahulu, dengan urutan: %(order)s.") % {"order": order},
        _(EXCESS[deal.rules["excess"]]),
    )


def _penalty(deal: Deal) -> tuple[str, ...]:
    rule = deal.rules.get("penalty")
    if not rule:
        return (_("Kelompok tidak mengenakan denda atas keterlambatan pinjaman ini."),)
    if rule.get("amount"):
        much = deal.figure(rule["amount"])
    else:
        much = _("%(percent)s%% dari kekurangan angsuran") % {"percent": comma(rule["percent"])}
    said = [_("Denda keterlambatan %(much)s, %(per)s.") % {"much": much, "per": _(PER[rule["per"]])}]
    if rule.get("grace_days"):
        said.append(_("Denda baru dihitung sesudah %(days)s hari dari jatuh tempo.") % {"days": rule["grace_days"]})
    if rule.get("cap_percent"):
        said.append(_("Seluruhnya paling banyak %(cap)s%% dari angsuran itu.") % {"cap": comma(rule["cap_percent"])})
    return tuple(said)


def _saving(deal: Deal) -> tuple[str, ...]:
    saved = deal.rules.get("compulsory_savings")
    always = _("Selama berutang PIHAK KEDUA tetap membayar simpanan wajibnya sebagai anggota.")
    if not saved:
        return (always,)
    more = _("Bersama setiap angsuran PIHAK KEDUA menabung %(sum)s ke %(product)s miliknya sendiri.")
    return (always, more % {"sum": deal.figure(saved["amount"]), "product": deal.saves})


def _together() -> tuple[str, ...]:
    return (
        _(
            "Para anggota kelompok menanggung pinjaman ini secara tanggung renteng: bersama-sama maupun "
            "masing-masing untuk seluruhnya (hoofdelijk)."
        ),
        _(
            "Bila PIHAK KEDUA tidak membayar pada waktunya, kekurangannya ditutup anggota lain menurut keputusan rapat "
            "anggota, dan dicatat siapa menalangi siapa dan berapa."
        ),
        _("Yang ditalangi tetap utang PIHAK KEDUA, dan dibayarnya kembali lebih dahulu daripada yang lain."),
    )


def _early(deal: Deal) -> tuple[str, ...]:
    free = _("PIHAK KEDUA boleh melunasi sebelum waktunya, sebagian atau seluruhnya, tanpa denda.")
    words = {"word": deal.word}
    if deal.terms.method in FLAT and deal.rules["flat_rebate"] == "none":
        return (free, _("Karena %(word)s dihitung tetap, %(word)s sampai akhir jangka waktu tetap dibayar.") % words)
    return (free, _("%(word)s hanya dibayar sampai hari pelunasan.") % {"word": deal.word.capitalize()})


def _default() -> tuple[str, ...]:
    return (
        _(
            "PIHAK KEDUA lalai bila angsuran tetap tidak dibayar sesudah dua kali diperingatkan secara tertulis, atau "
            "bila pinjaman dipakai untuk hal lain."
        ),
        _("Dalam hal itu PIHAK PERTAMA, atas keputusan rapat anggota, boleh menagih seluruh sisa pinjaman sekaligus."),
        _("Bila sebabnya musibah, kedua pihak lebih dahulu membicarakan penjadwalan ulang."),
    )


def _dispute(deal: Deal) -> tuple[str, ...]:
    court = _("Pengadilan Negeri %(place)s") % {"place": deal.place} if deal.place else _("Pengadilan Negeri setempat")
    return (
        _("Perselisihan diselesaikan dengan musyawarah untuk mufakat dalam kelompok."),
        _("Bila tidak tercapai, kedua pihak memilih %(court)s.") % {"court": court},
    )


def _end() -> tuple[str, ...]:
    return (
        _("Yang belum diatur di sini diputuskan bersama secara tertulis."),
        _(
            "Perjanjian ini dibuat dalam rangkap 2 (dua), sama bunyi dan kekuatannya, dibubuhi meterai cukup, satu "
            "untuk masing-masing pihak, dan ditandatangani tanpa paksaan dari siapa pun."
        ),
    )
