"""What was agreed about a loan, as data: enough to compute its schedule and its price. Imports no Django.

Amounts count the currency's smallest payable unit; `digits` says its decimals and changes no figure. Percents are
Decimal and a rate carries its period. `check` holds the limits in which every schedule can be computed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, get_args

from ledger.money import LARGEST, grouped
from loans.calendar import counted

Method = Literal["flat", "equal_principal", "annuity", "bullet", "sum_of_digits", "uneven"]
RatePer = Literal["month", "year"]
Unit = Literal["day", "week", "month"]
Basis = Literal["per_installment", "actual_365", "actual_360", "actual_364", "actual_actual"]
Rounding = Literal["half_up", "half_even"]
DueDates = Literal["as_counted", "next_workday", "meeting_day"]
When = Literal["upfront", "installment"]

LATEST = date(2200, 12, 31)
MOST_INSTALLMENTS, MOST_EVERY, MOST_PERCENT, MOST_FEES = 600, 366, 1_000, 20
MOST_FEE_PERCENT = 100
UNIT_DAYS = {"day": 1, "week": 7, "month": 31}
FINEST = -6
"""The smallest power of ten a percent may be written to."""
LARGEST_TOTAL = 9_000 * LARGEST
"""Principal, interest and fees of one loan together; a 64-bit column holds it."""


class BadTerms(ValueError):
    """Terms no schedule can be made of: `field` is the place ("rows/0/due_on"), `detail` a sentence for people, `code`
    one of out_of_range, invalid, required."""

    def __init__(self, field: str, code: str, detail: str) -> None:
        self.field, self.code, self.detail = field, code, detail
        super().__init__(f"{field}: {detail}")


@dataclass(frozen=True, slots=True)
class Fee:
    """A charge beside the interest: either `percent` of the principal, rounded as the terms say, or `amount`.

    "upfront" is kept back at disbursement, once; "installment" is paid with every instalment, each time in full.
    """

    kind: str
    percent: Decimal | None
    amount: int | None
    when: When


@dataclass(frozen=True, slots=True)
class Row:
    """One agreed instalment of an uneven loan; without `interest` it is computed from the rate."""

    due_on: date
    principal: int
    interest: int | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """`rate` is a percent per `rate_per`; instalments fall due each `every` `unit`s; `rows` are of `uneven` alone.

    `grace_principal` and `grace_interest` count the first instalments that ask none of it.
    """

    principal: int
    rate: Decimal
    rate_per: RatePer
    method: Method
    installments: int
    disbursed_on: date
    digits: int = 0
    first_due_on: date | None = None
    every: int = 1
    unit: Unit = "month"
    interest_basis: Basis = "per_installment"
    rounding: Rounding = "half_up"
    installment_multiple: int = 0
    grace_principal: int = 0
    grace_interest: int = 0
    due_dates: DueDates = "as_counted"
    fees: tuple[Fee, ...] = ()
    rows: tuple[Row, ...] = ()

    @property
    def annual_percent(self) -> Decimal:
        """The nominal rate: twelve times a monthly one, whatever the method."""
        return self.rate * 12 if self.rate_per == "month" else self.rate


def check(terms: Terms) -> None:
    """Raises BadTerms for the first thing that is wrong, in the order of the fields."""
    _whole("principal", terms.principal, 1, LARGEST)
    _percent("rate/percent", terms.rate, MOST_PERCENT)
    _one_of("rate/per", terms.rate_per, RatePer)
    _one_of("method", terms.method, Method)
    _whole("installments", terms.installments, 1, MOST_INSTALLMENTS)
    _day("disbursed_on", terms.disbursed_on)
    _whole("minor_digits", terms.digits, 0, 3)
    _whole("every", terms.every, 1, MOST_EVERY)
    _one_of("unit", terms.unit, Unit)
    _one_of("interest_basis", terms.interest_basis, Basis)
    _one_of("rounding", terms.rounding, Rounding)
    _whole("installment_multiple", terms.installment_multiple, 0, terms.principal)
    _whole("grace_principal", terms.grace_principal, 0, terms.installments - 1)
    _whole("grace_interest", terms.grace_interest, 0, terms.installments - 1)
    _one_of("due_dates", terms.due_dates, DueDates)
    _first_due(terms)
    _fees(terms)
    _rows(terms)
    _whole_loan(terms)


def due_on(terms: Terms, number: int) -> date:
    """The day on which instalment `number` (from 1) falls due as counted, before any day is moved.

    Counted from the disbursement, the 31st clamped to the month's end; or from `first_due_on`, unless that is the very
    day the counting would give: naming it then changes nothing. Raises OverflowError past the year 9999.
    """
    if terms.rows:
        return terms.rows[number - 1].due_on
    first = terms.first_due_on
    if first is None or first == counted(terms.disbursed_on, terms.every, terms.unit):
        return counted(terms.disbursed_on, number * terms.every, terms.unit)
    return counted(first, (number - 1) * terms.every, terms.unit)


def to_json(terms: Terms) -> dict[str, Any]:
    """As outside clients write a quote, every field named; `rows` only where there are some."""
    fees = [_without_none({"kind": fee.kind, "percent": _text(fee.percent), "amount": fee.amount, "when": fee.when})
            for fee in terms.fees]  # fmt: skip
    rows = [{"due_on": row.due_on.isoformat(), "principal": row.principal, "interest": row.interest}
            for row in terms.rows]  # fmt: skip
    found = {
        "principal": terms.principal,
        "rate": {"percent": _text(terms.rate), "per": terms.rate_per},
        "method": terms.method,
        "installments": terms.installments,
        "disbursed_on": terms.disbursed_on.isoformat(),
        "minor_digits": terms.digits,
        "first_due_on": terms.first_due_on.isoformat() if terms.first_due_on else None,
        "every": terms.every,
        "unit": terms.unit,
        "interest_basis": terms.interest_basis,
        "rounding": terms.rounding,
        "installment_multiple": terms.installment_multiple,
        "grace_principal": terms.grace_principal,
        "grace_interest": terms.grace_interest,
        "due_dates": terms.due_dates,
        "fees": fees,
    }
    return found | ({"rows": [_without_none(row) for row in rows]} if rows else {})


def from_json(given: Mapping[str, Any]) -> Terms:
    """What `to_json` wrote, or a client in the same names; absent optional fields take defaults. Raises BadTerms."""
    _only("", given, {*REQUIRED, *OPTIONAL, "minor_digits", "first_due_on", "fees", "rows"})
    for name in REQUIRED:
        if given.get(name) is None:
            raise _missing(name)
    rate = _object("rate", given["rate"], {"percent", "per"}, required=("percent", "per"))
    plain = {name: given[name] for name in OPTIONAL if given.get(name) is not None}
    first = given.get("first_due_on")
    terms = Terms(
        principal=given["principal"],
        rate=_decimal("rate/percent", rate["percent"]),
        rate_per=rate["per"],
        method=given["method"],
        installments=given["installments"],
        disbursed_on=_date("disbursed_on", given["disbursed_on"]),
        digits=given["minor_digits"] if given.get("minor_digits") is not None else 0,
        first_due_on=None if first is None else _date("first_due_on", first),
        fees=tuple(_fee(place, one) for place, one in _listed("fees", given.get("fees"))),
        rows=tuple(_row(place, one) for place, one in _listed("rows", given.get("rows"))),
        **plain,
    )
    check(terms)
    return terms


REQUIRED = ("principal", "rate", "method", "installments", "disbursed_on")
OPTIONAL = (
    *("every", "unit", "interest_basis", "rounding", "installment_multiple"),
    *("grace_principal", "grace_interest", "due_dates"),
)


def _first_due(terms: Terms) -> None:
    if terms.first_due_on is None:
        return
    _day("first_due_on", terms.first_due_on)
    if terms.first_due_on <= terms.disbursed_on:
        raise BadTerms("first_due_on", "out_of_range", "Jatuh tempo pertama harus sesudah tanggal pencairan.")
    if terms.rows and terms.first_due_on != terms.rows[0].due_on:
        raise BadTerms("first_due_on", "invalid", "Jatuh tempo pertama tidak sama dengan baris pertama.")


def _fees(terms: Terms) -> None:
    if len(terms.fees) > MOST_FEES:
        raise BadTerms("fees", "out_of_range", f"Paling banyak {MOST_FEES} biaya.")
    for place, fee in enumerate(terms.fees):
        here = f"fees/{place}"
        if type(fee.kind) is not str or not 1 <= len(fee.kind.strip()) <= 60:
            raise BadTerms(f"{here}/kind", "invalid", "Nama biaya terdiri dari 1 sampai 60 huruf.")
        _one_of(f"{here}/when", fee.when, When)
        if (fee.percent is None) == (fee.amount is None):
            raise BadTerms(here, "invalid", "Sebutkan salah satu: persen atau jumlah.")
        if fee.percent is not None:
            _percent(f"{here}/percent", fee.percent, MOST_FEE_PERCENT)
        else:
            _whole(f"{here}/amount", fee.amount, 1, LARGEST)


def _rows(terms: Terms) -> None:
    if terms.method != "uneven":
        if terms.rows:
            raise BadTerms("rows", "invalid", "Baris hanya untuk angsuran tidak rata (uneven).")
        return
    if not terms.rows:
        raise BadTerms("rows", "required", "Angsuran tidak rata perlu barisnya.")
    if len(terms.rows) != terms.installments:
        raise BadTerms("installments", "invalid", f"Ada {len(terms.rows)} baris, bukan {terms.installments}.")
    if terms.grace_principal or terms.grace_interest:
        name = "grace_principal" if terms.grace_principal else "grace_interest"
        raise BadTerms(name, "invalid", "Angsuran tidak rata tidak memakai masa tenggang.")
    before = terms.disbursed_on
    for place, row in enumerate(terms.rows):
        _day(f"rows/{place}/due_on", row.due_on)
        if row.due_on <= before:
            raise BadTerms(f"rows/{place}/due_on", "out_of_range", "Jatuh tempo harus sesudah yang sebelumnya.")
        before = row.due_on
        _whole(f"rows/{place}/principal", row.principal, 0, LARGEST)
        if row.interest is not None:
            _whole(f"rows/{place}/interest", row.interest, 0, LARGEST)
    total = sum(row.principal for row in terms.rows)
    if total != terms.principal:
        detail = (
            f"Jumlah pokok semua baris {grouped(total, terms.digits)}, bukan {grouped(terms.principal, terms.digits)}."
        )
        raise BadTerms("rows", "invalid", detail)


def _whole_loan(terms: Terms) -> None:
    """The last day is one the calendar knows, something is paid out, and what is owed is a number a column can hold."""
    try:
        last = due_on(terms, terms.installments)
    except OverflowError:
        last = None
    if last is None or last > LATEST:
        raise BadTerms("installments", "out_of_range", f"Angsuran terakhir jatuh sesudah tahun {LATEST.year}.")
    fees = {when: Decimal(0) for when in get_args(When)}
    for fee in terms.fees:
        fees[fee.when] += terms.principal * fee.percent / 100 if fee.percent is not None else fee.amount or 0
    if fees["upfront"] >= terms.principal:
        raise BadTerms("fees", "out_of_range", "Biaya di muka menghabiskan seluruh pinjaman.")
    # By dates or by counted periods, whichever the interest goes by.
    days = (last - terms.disbursed_on).days + terms.installments * terms.every * UNIT_DAYS[terms.unit]
    interest = terms.principal * terms.annual_percent * days / 36_000
    if terms.principal + interest + fees["installment"] * terms.installments > LARGEST_TOTAL:
        raise BadTerms("principal", "out_of_range", "Pokok, bunga dan biayanya melebihi angka terbesar buku.")


def _whole(field: str, value: object, least: int, most: int) -> None:
    if type(value) is not int:
        raise BadTerms(field, "invalid", "Harus bilangan bulat.")
    if not least <= value <= most:
        raise BadTerms(field, "out_of_range", f"Harus antara {grouped(least)} dan {grouped(most)}.")


def _percent(field: str, value: object, most: int) -> None:
    if type(value) is not Decimal or not value.is_finite():
        raise BadTerms(field, "invalid", 'Persen ditulis sebagai teks, misalnya "1.5".')
    exponent = value.as_tuple().exponent
    if not 0 <= value <= most or (isinstance(exponent, int) and exponent < FINEST):
        detail = f"Persen antara 0 dan {grouped(most)}, paling banyak {-FINEST} angka di belakang koma."
        raise BadTerms(field, "out_of_range", detail)


def _one_of(field: str, value: object, choices: Any) -> None:
    if value not in get_args(choices):
        raise BadTerms(field, "invalid", f"Pilih salah satu: {', '.join(get_args(choices))}.")


def _day(field: str, value: object) -> None:
    if type(value) is not date:
        raise BadTerms(field, "invalid", "Harus tanggal, misalnya 2026-11-24.")
    if not 1900 <= value.year <= LATEST.year:
        raise BadTerms(field, "out_of_range", f"Tanggal harus antara tahun 1900 dan {LATEST.year}.")


def _listed(name: str, given: Any) -> Iterator[tuple[str, Any]]:
    if given is not None and not isinstance(given, list | tuple):
        raise BadTerms(name, "invalid", "Harus daftar.")
    for place, one in enumerate(given or ()):
        yield f"{name}/{place}", one


def _fee(here: str, given: Any) -> Fee:
    one = _object(here, given, {"kind", "percent", "amount", "when"}, required=("kind", "when"))
    percent = one.get("percent")
    return Fee(
        kind=one["kind"],
        percent=None if percent is None else _decimal(f"{here}/percent", percent),
        amount=one.get("amount"),
        when=one["when"],
    )


def _row(here: str, given: Any) -> Row:
    one = _object(here, given, {"due_on", "principal", "interest"}, required=("due_on", "principal"))
    return Row(_date(f"{here}/due_on", one["due_on"]), one["principal"], one.get("interest"))


def _object(here: str, given: Any, names: set[str], required: tuple[str, ...]) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise BadTerms(here, "invalid", "Harus objek.")
    _only(f"{here}/", given, names)
    for name in required:
        if given.get(name) is None:
            raise _missing(f"{here}/{name}")
    return given


def _only(prefix: str, given: Mapping[str, Any], names: set[str]) -> None:
    for name in given:
        if name not in names:
            raise BadTerms(f"{prefix}{name}", "invalid", "Nama ini tidak dikenal.")


def _missing(field: str) -> BadTerms:
    return BadTerms(field, "required", "Harus diisi.")


def _decimal(field: str, value: object) -> Decimal:
    """Only plain ASCII digits: Decimal itself would take "1e3", "NaN" and the digits of every script."""
    try:
        if isinstance(value, str) and value.isascii() and not set(value) - set("0123456789."):
            return Decimal(value)
    except InvalidOperation:
        pass
    raise BadTerms(field, "invalid", 'Persen ditulis sebagai teks, misalnya "1.5".')


def _date(field: str, value: object) -> date:
    try:
        if isinstance(value, str) and len(value) == 10:
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise BadTerms(field, "invalid", "Harus tanggal, misalnya 2026-11-24.")


def _text(percent: Decimal | None) -> str | None:
    return None if percent is None else format(percent, "f")


def _without_none(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}
