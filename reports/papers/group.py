"""A group's statements in one paper: position, result, cash flow and changes in equity, each with the time before it.

Every figure is a sum of postings by the chart's accounts (`ledger.periods`): what stands against its kind, an allowance
say, stands negative. Assets equal liabilities and equity with the surplus so far, and the cash flow ends at the cash of
the position, because every entry balances; a paper that says otherwise is not made.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.utils.translation import gettext, override

from ledger import periods
from ledger.chart import MONEY
from ledger.periods import Flow, Stood, shown
from members.models import Group
from reports.errors import FiguresDisagree
from reports.papers import parties
from reports.papers.corrections import restated
from reports.papers.frame import Frame, Paper, Table, framed
from reports.papers.headings import FLOWS, STANDARDS, Heading, Standard, flow_of, under
from reports.papers.periods import before, year_begins

KEPT, CURRENT = periods.CARRIED


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a statement. `level`: head (words alone), account, sum (of a heading), total, grand; `code` of an
    account."""

    level: str
    words: str
    now: int | None = None
    then: int | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class EquityRow:
    """A kind of equity over a time."""

    words: str
    opening: int
    added: int
    taken: int
    closing: int


@dataclass(frozen=True, slots=True)
class Equity:
    """The changes of one time, and their sum."""

    since: date
    until: date
    rows: tuple[EquityRow, ...]
    total: EquityRow


@dataclass(frozen=True, slots=True)
class Statements:
    """The four of them. `since` to `until` stands beside `earlier_since` to `earlier_until`."""

    standard: str
    since: date
    until: date
    earlier_since: date
    earlier_until: date
    position_title: str
    position: tuple[Row, ...]
    result_title: str
    result: tuple[Row, ...]
    cash_title: str
    cash: tuple[Row, ...]
    equity_title: str
    equity: tuple[Equity, ...]
    surplus_word: str
    assets: int
    surplus: int
    money: int

    @property
    def largest(self) -> int:
        """The largest figure, for the width of the columns."""
        rows = (*self.position, *self.result, *self.cash)
        return max((abs(figure or 0) for row in rows for figure in (row.now, row.then)), default=0)


@dataclass(frozen=True, slots=True)
class Time:
    """What the book says of one time; `year` are the accounts counted from the beginning of its last day's year."""

    since: date
    until: date
    accounts: Mapping[str, Stood]
    year: Mapping[str, Stood]
    flows: tuple[Flow, ...]

    def of(self, *kinds: str) -> list[Stood]:
        return [one for one in self.accounts.values() if one.kind in kinds]

    def closing(self, *kinds: str) -> int:
        return sum(shown(one, one.closing) for one in self.of(*kinds))

    def opening(self, *kinds: str) -> int:
        return sum(shown(one, one.opening) for one in self.of(*kinds))

    @property
    def income(self) -> int:
        return sum(shown(one, one.moved) for one in self.of("income"))

    @property
    def expense(self) -> int:
        return sum(shown(one, one.moved) for one in self.of("expense"))

    @property
    def surplus(self) -> int:
        return self.income - self.expense

    @property
    def memo(self) -> int:
        """What memo accounts hold against the others: nothing, unless somebody mixed them in one entry."""
        return -sum(one.closing if one.normal == "D" else -one.closing for one in self.of("memo"))

    @property
    def memo_before(self) -> int:
        return -sum(one.opening if one.normal == "D" else -one.opening for one in self.of("memo"))

    def undistributed(self) -> tuple[int, int]:
        """The surplus of earlier years, and of the last day's own year, as far as they are not distributed."""
        results = [one for one in self.year.values() if one.kind in ("income", "expense")]
        sign = {"income": 1, "expense": -1}

        def summed(name: str) -> int:
            return sum(sign[one.kind] * shown(one, getattr(one, name)) for one in results)

        kept, current = self.year.get(KEPT), self.year.get(CURRENT)
        over = _by_credit(kept, "carried")
        earlier = _by_credit(kept, "closing") + summed("opening") - over
        return earlier, _by_credit(current, "closing") + summed("moved") + summed("carried") + over

    def money(self, name: str) -> int:
        return sum(shown(one, getattr(one, name)) for code, one in self.accounts.items() if code in MONEY)

    @property
    def incoming(self) -> int:
        return sum(one.incoming for one in self.flows)

    @property
    def outgoing(self) -> int:
        return sum(one.outgoing for one in self.flows)


def _by_credit(one: Stood | None, name: str) -> int:
    if one is None:
        return 0
    amount: int = getattr(one, name)
    return amount if one.normal == "C" else -amount


def read(group_id: UUID, since: date, until: date, through_seq: int) -> Time:
    """One time out of the book."""
    year = year_begins(until)

    def stood(first: date) -> dict[str, Stood]:
        found = periods.stood(group_id, since=first, until=until, through_seq=through_seq)
        return {one.code: one for one in found}

    accounts = stood(since)
    flows = periods.flows(group_id, since=since, until=until, through_seq=through_seq)
    return Time(since, until, accounts, accounts if year == since else stood(year), tuple(flows))


def gather(group: Group, *, subject_id: UUID | None, since: date | None, until: date, frame: Frame) -> Paper:
    """The statements from `since` (None: from the beginning of the year) to `until`, with the caller's lock on the
    book. Raises FiguresDisagree where headings and ledger differ."""
    first = since or year_begins(until)
    now = read(group.id, first, until, frame.head_seq)
    then = read(group.id, *before(first, until), frame.head_seq)
    with override(frame.language):
        body = statements(STANDARDS[group.accounting_standard], now, then, frame.language)
        said = _totals(now, then)
        agree(body, said)
        return framed(
            frame,
            kind="group",
            title=gettext("Laporan Keuangan"),
            since=first,
            until=until,
            body=body,
            totals=said,
            tables=tables(body),
            corrections=restated(group.id, frame),
            signatures=(*parties.hands(group.id, ("treasurer", "chair")), parties.village_head(group)),
        )


def totals(
    group_id: UUID, subject_id: UUID | None, since: date | None, until: date, through_seq: int
) -> dict[str, int]:
    """Sums by kind of account and of cash and bank; `earlier_…` those of the time beside it."""
    first = since or year_begins(until)
    now = read(group_id, first, until, through_seq)
    return _totals(now, read(group_id, *before(first, until), through_seq))


def _totals(now: Time, then: Time) -> dict[str, int]:
    found: dict[str, int] = {}
    for prefix, time in (("", now), ("earlier_", then)):
        found |= {
            f"{prefix}assets": time.closing("asset"),
            f"{prefix}liabilities": time.closing("liability"),
            f"{prefix}equity": time.closing("equity", "income") - time.closing("expense") + time.memo,
            f"{prefix}income": time.income,
            f"{prefix}expense": time.expense,
            f"{prefix}cash_opening": time.money("opening"),
            f"{prefix}cash_in": time.incoming,
            f"{prefix}cash_out": time.outgoing,
            f"{prefix}cash_closing": time.money("closing"),
        }
    return found


# ── the four statements ─────────────────────────────────────────────────────────────────────────────────────────────


def statements(standard: Standard, now: Time, then: Time, language: str) -> Statements:
    """All four, in the language that is in force."""
    return Statements(
        standard=standard.name,
        since=now.since,
        until=now.until,
        earlier_since=then.since,
        earlier_until=then.until,
        position_title=gettext(standard.position),
        position=position(standard, now, then, language),
        result_title=gettext(standard.result),
        result=result(standard, now, then, language),
        cash_title=gettext(standard.cash),
        cash=cash(now, then),
        equity_title=gettext(standard.equity_changes),
        equity=(equity(standard, now, language), equity(standard, then, language)),
        surplus_word=gettext(standard.surplus),
        assets=now.closing("asset"),
        surplus=now.surplus,
        money=now.money("closing"),
    )


def position(standard: Standard, now: Time, then: Time, language: str) -> tuple[Row, ...]:
    """Assets, then liabilities and equity with the surplus so far."""
    assets = _listed(standard.assets, "asset", "closing", (now, then), language=language)
    owed = _listed(standard.liabilities, "liability", "closing", (now, then), language=language)
    own = _listed(standard.equity, "equity", "closing", (now, then), language=language, besides=periods.CARRIED)
    (kept, current), (kept_then, current_then) = now.undistributed(), then.undistributed()
    own.append(Row("line", gettext(standard.kept), kept, kept_then))
    own.append(Row("line", gettext(standard.surplus), current, current_then))
    if now.memo or then.memo:
        own.append(Row("line", gettext("Selisih akun memo"), now.memo, then.memo))
    sums = [_sum(rows) for rows in (assets, owed, own)]
    return (
        Row("head", gettext("Aset")),
        *assets,
        Row("grand", gettext("Jumlah aset"), *sums[0]),
        Row("head", gettext("Liabilitas")),
        *owed,
        Row("total", gettext("Jumlah liabilitas"), *sums[1]),
        Row("head", gettext("Ekuitas")),
        *own,
        Row("total", gettext("Jumlah ekuitas"), *sums[2]),
        Row("grand", gettext("Jumlah liabilitas dan ekuitas"), sums[1][0] + sums[2][0], sums[1][1] + sums[2][1]),
    )


def result(standard: Standard, now: Time, then: Time, language: str) -> tuple[Row, ...]:
    """Income less costs, the tax last."""
    taxed = {code for time in (now, then) for code in time.accounts if code.startswith(standard.tax)}
    income = _listed(standard.income, "income", "moved", (now, then), language=language)
    costs = _listed(standard.expense, "expense", "moved", (now, then), language=language, besides=taxed)
    tax = _listed(standard.expense, "expense", "moved", (now, then), language=language, only=taxed)
    gained, spent, due = _sum(income), _sum(costs), _sum(tax)
    before_tax = (gained[0] - spent[0], gained[1] - spent[1])
    return (
        Row("head", gettext("Pendapatan")),
        *income,
        Row("total", gettext("Jumlah pendapatan"), *gained),
        Row("head", gettext("Beban")),
        *costs,
        Row("total", gettext("Jumlah beban"), *spent),
        *((Row("total", gettext(standard.before_tax), *before_tax), *tax) if tax else ()),
        Row("grand", gettext(standard.surplus), before_tax[0] - due[0], before_tax[1] - due[1]),
    )


def cash(now: Time, then: Time) -> tuple[Row, ...]:
    """What came in and went out by activity, from the cash at the beginning to the cash at the end."""
    by_now, by_then = _flowed(now.flows), _flowed(then.flows)
    rows: list[Row] = []
    net = (0, 0)
    words = {
        activity: gettext("Arus kas bersih dari %(activity)s") % {"activity": _lowered(gettext(activity))}
        for activity in FLOWS
    }
    for activity, headings in FLOWS.items():
        found: list[Row] = []
        for at, heading in enumerate(headings):
            (came, gone), (came_then, gone_then) = (
                by_now.get((activity, at), (0, 0)),
                by_then.get((activity, at), (0, 0)),
            )
            if came or came_then:
                found.append(Row("line", gettext(heading.incoming), came, came_then))
            if gone or gone_then:
                found.append(Row("line", gettext(heading.outgoing), -gone, -gone_then))
        total = _sum(found)
        net = (net[0] + total[0], net[1] + total[1])
        rows += [Row("head", gettext(activity)), *found, Row("total", words[activity], *total)]
    return (
        *rows,
        Row("total", gettext("Kenaikan (penurunan) kas dan bank"), *net),
        Row("line", gettext("Kas dan bank pada awal masa"), now.money("opening"), then.money("opening")),
        Row(
            "grand",
            gettext("Kas dan bank pada akhir masa"),
            now.money("opening") + net[0],
            then.money("opening") + net[1],
        ),
    )


def equity(standard: Standard, time: Time, language: str) -> Equity:
    """Every kind of equity from the beginning to the end of a time; the surplus in one line with what was kept."""
    rows: list[EquityRow] = []
    left = [0, 0, 0, 0]
    for one in time.of("equity"):
        carried = _by_credit(one, "carried")
        figures = (
            _by_credit(one, "opening"),
            one.credit + max(carried, 0),
            one.debit + max(-carried, 0),
            _by_credit(one, "closing"),
        )
        if one.code in periods.CARRIED:
            left = [
                left[0] + figures[0],
                left[1] + one.credit,
                left[2] + one.debit,
                left[3] + figures[3],
            ]
        elif any(figures):
            rows.append(EquityRow(one.called(language), *figures))
    opening = left[0] + time.opening("income") - time.opening("expense")
    closing = left[3] + time.closing("income") - time.closing("expense")
    added, taken = left[1] + max(time.surplus, 0), left[2] + max(-time.surplus, 0)
    over = closing - opening - added + taken
    rows.append(EquityRow(gettext(standard.surplus), opening, added + max(over, 0), taken + max(-over, 0), closing))
    if time.memo or time.memo_before:
        gained = time.memo - time.memo_before
        words = gettext("Selisih akun memo")
        rows.append(EquityRow(words, time.memo_before, max(gained, 0), max(-gained, 0), time.memo))
    names = ("opening", "added", "taken", "closing")
    total = EquityRow(gettext("Jumlah ekuitas"), *(sum(getattr(row, name) for row in rows) for name in names))
    return Equity(time.since, time.until, tuple(rows), total)


def _listed(
    headings: Sequence[Heading],
    kind: str,
    name: str,
    times: tuple[Time, Time],
    *,
    language: str,
    besides: Iterable[str] = (),
    only: Iterable[str] | None = None,
) -> list[Row]:
    """The accounts of a kind under their headings: a heading with one account is that account's line, one with more
    has its own sum."""
    left_out, chosen = frozenset(besides), None if only is None else frozenset(only)
    known = {one.code: one for time in times for one in time.of(kind)}
    under_it: dict[int, list[Row]] = {}
    for code in sorted(known):
        if code in left_out or (chosen is not None and code not in chosen):
            continue
        figures = [
            shown(time.accounts[code], getattr(time.accounts[code], name)) if code in time.accounts else 0
            for time in times
        ]
        if any(figures):
            row = Row("account", known[code].called(language), figures[0], figures[1], code)
            under_it.setdefault(under(headings, code), []).append(row)
    rows: list[Row] = []
    for at in sorted(under_it):
        if len(under_it[at]) > 1:
            rows.append(Row("sum", gettext(headings[at].words), *_sum(under_it[at])))
            rows += under_it[at]
        else:
            rows += [replace(row, level="line") for row in under_it[at]]
    return rows


def _flowed(flows: Iterable[Flow]) -> dict[tuple[str, int], tuple[int, int]]:
    found: dict[tuple[str, int], tuple[int, int]] = {}
    for one in flows:
        came, gone = found.get(flow_of(one.code), (0, 0))
        found[flow_of(one.code)] = (came + one.incoming, gone + one.outgoing)
    return found


def _sum(rows: Iterable[Row]) -> tuple[int, int]:
    """Of the lines, not of the sums above them."""
    known = [row for row in rows if row.level in ("account", "line")]
    return sum(row.now or 0 for row in known), sum(row.then or 0 for row in known)


def _lowered(words: str) -> str:
    return words[:1].lower() + words[1:]


# ── what it is held against ─────────────────────────────────────────────────────────────────────────────────────────


def agree(body: Statements, said: Mapping[str, int]) -> None:
    """Rather no paper than one whose statements contradict the ledger or each other."""
    grand = [row for row in (*body.position, *body.result, *body.cash) if row.level == "grand"]
    assets, owed_and_own, surplus, cash_end = grand
    for prefix, side, own in (("", "now", body.equity[0]), ("earlier_", "then", body.equity[1])):
        checked = (
            ("assets", getattr(assets, side), said[f"{prefix}assets"]),
            ("liabilities_and_equity", getattr(owed_and_own, side), said[f"{prefix}assets"]),
            ("surplus", getattr(surplus, side), said[f"{prefix}income"] - said[f"{prefix}expense"]),
            ("cash_closing", getattr(cash_end, side), said[f"{prefix}cash_closing"]),
            ("equity", own.total.closing, said[f"{prefix}equity"]),
            ("equity_changes", own.total.opening + own.total.added - own.total.taken, own.total.closing),
            (
                "cash_flow",
                said[f"{prefix}cash_opening"] + said[f"{prefix}cash_in"] - said[f"{prefix}cash_out"],
                said[f"{prefix}cash_closing"],
            ),
        )
        for name, is_shown, booked in checked:
            if is_shown != booked:
                raise FiguresDisagree(name=f"{prefix}{name}", shown=is_shown, booked=booked)


def tables(body: Statements) -> tuple[Table, ...]:
    """The statements as data."""
    columns = ("level", "account", "line", "now", "earlier")

    def of(name: str, rows: Iterable[Row]) -> Table:
        return Table(name, columns, tuple((row.level, row.code, row.words, row.now, row.then) for row in rows))

    changes = tuple(
        (time.since, time.until, row.words, row.opening, row.added, row.taken, row.closing)
        for time in body.equity
        for row in (*time.rows, time.total)
    )
    return (
        of("posisi-keuangan", body.position),
        of("hasil-usaha", body.result),
        of("arus-kas", body.cash),
        Table("ekuitas", ("from", "to", "line", "opening", "added", "taken", "closing"), changes),
    )
