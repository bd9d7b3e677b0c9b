"""Interest is derived, then the difference is booked: each month that is over earns what its daily balances and rates
say, and what stands in the books already is not booked again. Runs twice, pays once.

One entry a product and month, dated the month's last day; when that is closed, the first open day. Interest itself
earns from the day after. A change in the past (a backdated deposit, a reversal, another rate) changes every month from
there on; the next run books only the differences, each a line that says what stood before and what the month earned.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from ledger import queries as books
from ledger import services as ledger
from ledger.dates import month_named
from ledger.money import Line, credit, debit
from savings import queries
from savings.interest import Interest, interest_at_rates
from savings.models import Account, InterestLine, InterestRun, Product
from savings.queries import INTEREST

EXPENSE = "5-1010"
ONE_DAY = timedelta(days=1)
SIX_PLACES = 1_000_000


def credit_due(group_id: UUID, *, through: date) -> list[UUID]:
    """Credit every product's interest for the months that ended on or before `through` and are not credited, or whose
    figure has changed, in order of months; gives the entries."""
    ledger.lock_book(group_id)
    made: list[UUID] = []
    for product, first, last in due(group_id, through=through):
        accounts = list(queries.accounts(group_id, product=product.code))
        made += _Crediting(product, accounts, first, month_end(last)).booked(whole=True)
    return made


def due(group_id: UUID, *, through: date) -> Iterator[tuple[Product, date, date]]:
    """The products that have something to look at, with the first and the last of the months, by their first days."""
    over = month_before(through + ONE_DAY)
    for product in queries.products(group_id):
        if product.rates.all():
            months = _months_to_look_at(product, over)
            if months is not None:
                yield product, *months


def _months_to_look_at(product: Product, over: date) -> tuple[date, date] | None:
    """From the earliest month that is not credited, or in which something changed since, to `over`, the last one that
    has ended (or to the last credited one, if that is later)."""
    group_id, rates = product.group_id, list(product.rates.all())
    leaves = [account.account_id for account in queries.accounts(group_id, product=product.code)]
    runs = list(queries.whole_runs(group_id, product))
    seen = max((run.head_seq for run in runs), default=0)
    changed = [books.earliest_change(group_id, leaves, after_seq=seen, besides=INTEREST)]
    if runs:
        changed += [rate.from_on for rate in rates if rate.runs >= len(runs)]
        changed.append(month_after(runs[0].month))
    start = min((day for day in changed if day is not None), default=None)
    if start is None:
        return None
    start = max(start, rates[0].from_on)
    if runs and start <= runs[0].month:
        earliest = books.earliest_change(group_id, leaves, after_seq=0, besides=INTEREST)
        start = max(start, earliest or start)
    first, last = start.replace(day=1), max([over, *(run.month for run in runs)])
    return (first, last) if first <= last else None


def credit_leaver(group_id: UUID, *, member_id: UUID, on: date) -> list[UUID]:
    """Credit a member's own accounts for every month up to the day before `on`, dated `on` where a month is not over;
    gives the entries."""
    ledger.lock_book(group_id)
    made: list[UUID] = []
    last = on - ONE_DAY
    for product in queries.products(group_id):
        rates, hers = (
            list(product.rates.all()),
            list(queries.accounts(group_id, member_id=member_id, product=product.code)),
        )
        leaves = [account.account_id for account in hers]
        earliest = books.earliest_change(group_id, leaves, after_seq=0, besides=INTEREST) if rates and hers else None
        if earliest is None:
            continue
        first = max(earliest, rates[0].from_on).replace(day=1)
        if first <= last:
            made += _Crediting(product, hers, first, last).booked(whole=False, on=on)
    return made


class _Crediting:
    """Some accounts of one product from the first day of a month to a last day: what they earned, what stands."""

    def __init__(self, product: Product, accounts: Sequence[Account], first: date, last: date) -> None:
        self.product, self.group_id, self.accounts = product, product.group_id, accounts
        self.first, self.last = first, last
        self.rates = [(rate.from_on, rate.rate) for rate in product.rates.all()]
        self.book = books.book(self.group_id)
        self.runs = queries.run_numbers(self.group_id, product, since=first)
        leaves = [account.account_id for account in accounts]
        before = books.balances(self.group_id, as_of=first - ONE_DAY, account_ids=leaves)
        moved = books.changes(self.group_id, leaves, since=first, until=last)
        self.events = {
            account.id: [(first, before.get(account.account_id, 0))]
            + [_counting(day, kind, change) for day, kind, change in moved.get(account.account_id, ())]
            for account in accounts
        }
        self.stood: dict[tuple[UUID, date], int] = {}
        self.lines: dict[tuple[UUID, date], int] = {}
        ids = [account.id for account in accounts]
        for line in queries.interest_lines(self.group_id, ids, since=first):
            place = (line.account_id, line.month)
            self.stood[place] = self.stood.get(place, 0) + line.amount
            self.lines[place] = self.lines.get(place, 0) + 1

    def booked(self, *, whole: bool, on: date | None = None) -> list[UUID]:
        """Book the difference of each month; a month that is not over is dated `on`."""
        made = []
        month = self.first
        while month <= self.last:
            end = min(month_end(month), self.last)
            day = max(end if end == month_end(month) else on or end, ledger.first_open_day(self.book) or end)
            entry_id = self.month_booked(month, end, day, whole)
            made += [entry_id] if entry_id else []
            month = month_after(month)
        return made

    def month_booked(self, month: date, end: date, day: date, whole: bool) -> UUID | None:
        """Book one month's differences on `day`; None when there are none."""
        earned = {account: self.earned(account, month, end) for account in self.accounts}
        found = [
            (account, interest, change)
            for account, interest in earned.items()
            if (change := self.change(account, month, interest, day))
        ]
        number = self.runs[month] = self.runs.get(month, 0) + 1
        run = InterestRun(group_id=self.group_id, product=self.product, month=month, number=number, whole=whole)
        run.head_seq = self.book.head_seq
        if found:
            run.entry_id = self.posted(month, day, [(account, change) for account, _, change in found])
        if found or whole:
            run.save(force_insert=True)
        InterestLine.objects.bulk_create(
            self.line(run, account, interest, change) for account, interest, change in found
        )
        for account, _, change in found:
            self.events[account.id].append((day + ONE_DAY, change))
        self.events = {id: carried(events, month_after(month)) for id, events in self.events.items()}
        return run.entry_id

    def earned(self, account: Account, month: date, end: date) -> Interest:
        """What the account earned from the month's first day to `end`."""
        balance, days = 0, {month: 0}
        for day, change in sorted(self.events[account.id]):
            balance += change
            days[max(day, month)] = balance
        return interest_at_rates(sorted(days.items()), rates=self.rates, first=month, last=end)

    def change(self, account: Account, month: date, interest: Interest, day: date) -> int:
        """What is to be booked: what the month earned less what stands, but never more taken back than is there."""
        change = interest.credited - self.stood.get((account.id, month), 0)
        if change >= 0:
            return change
        return -min(-change, *(balance for _, balance in books.day_ends(self.group_id, account.account_id, since=day)))

    def posted(self, month: date, day: date, changes: Sequence[tuple[Account, int]]) -> UUID:
        total = sum(change for _, change in changes)
        lines: list[Line] = []
        if total:
            expense = books.accounts_by_code(self.group_id, [EXPENSE])[EXPENSE].id
            lines.append(debit(expense, total) if total > 0 else credit(expense, -total))
        for account, change in changes:
            leaf = account.account_id
            lines.append(credit(leaf, change) if change > 0 else debit(leaf, -change))
        memo = f"Jasa {self.product.name}, {month_named(month)}"
        posted = ledger.post_entry(self.group_id, effective_on=day, kind=INTEREST, postings=lines, memo=memo)
        return posted.id

    def line(self, run: InterestRun, account: Account, interest: Interest, change: int) -> InterestLine:
        place = (account.id, run.month)
        return InterestLine(
            group_id=self.group_id,
            run=run,
            account=account,
            month=run.month,
            number=self.lines.get(place, 0) + 1,
            exact=six_places(interest.exact),
            stood=self.stood.get(place, 0),
            amount=change,
        )


def carried(events: list[tuple[date, int]], month: date) -> list[tuple[date, int]]:
    """The same events, those up to `month` as the one balance that they make."""
    past = sum(change for day, change in events if day <= month)
    return [(month, past), *((day, change) for day, change in events if day > month)]


def _counting(day: date, kind: str, change: int) -> tuple[date, int]:
    """From which day a movement counts: interest from the day after it was credited."""
    return (day + ONE_DAY if kind == INTEREST else day), change


def six_places(exact: Fraction) -> Decimal:
    """An exact amount cut to six places, to be looked at."""
    return Decimal(int(exact * SIX_PLACES)) / SIX_PLACES


def month_after(day: date) -> date:
    """The first day of the month after that of `day`."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def month_end(day: date) -> date:
    """The last day of the month of `day`."""
    return month_after(day) - ONE_DAY


def month_before(day: date) -> date:
    """The first day of the month before that of `day`."""
    return (day.replace(day=1) - ONE_DAY).replace(day=1)
