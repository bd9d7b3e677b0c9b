"""What a member should have saved: rules that change, the day she joined, a day; integer money out. Imports no Django.

A period is due when it begins. The first begins on the day she joined; months are calendar months, so the next begins
on the first of a month; days and weeks count from the day she joined.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

DAY, WEEK, MONTH = "day", "week", "month"
UNITS = (DAY, WEEK, MONTH)


@dataclass(frozen=True, slots=True)
class Rule:
    """From `from_on` on, each period owes `amount` (None: nothing). `every` so many `unit`s a period begins; both None:
    once, on joining."""

    from_on: date
    amount: int | None
    every: int | None = None
    unit: str | None = None


def due(rules: Sequence[Rule], *, joined_on: date, until: date) -> int:
    """The sum of what every period that begins from `joined_on` to `until`, both inclusive, owes by the rule of its
    first day. Each rule is later than the one before and holds until the next."""
    owed = 0
    for place, rule in enumerate(rules):
        following = rules[place + 1].from_on - timedelta(days=1) if place + 1 < len(rules) else until
        first, last = max(rule.from_on, joined_on), min(following, until)
        if rule.amount and first <= last:
            begun_before = periods(rule, joined_on=joined_on, until=first - timedelta(days=1))
            owed += rule.amount * (periods(rule, joined_on=joined_on, until=last) - begun_before)
    return owed


def periods(rule: Rule, *, joined_on: date, until: date) -> int:
    """How many periods of the rule's rhythm begin from `joined_on` to `until`, both inclusive."""
    if until < joined_on:
        return 0
    if rule.every is None:
        return 1
    if rule.unit == MONTH:
        months = (until.year - joined_on.year) * 12 + until.month - joined_on.month
        return months // rule.every + 1
    days = {DAY: 1, WEEK: 7}[rule.unit or ""] * rule.every
    return (until - joined_on).days // days + 1


def months_later(day: date, months: int) -> date:
    """The same day so many months on; the 31st clamps to the month's last."""
    index = day.year * 12 + day.month - 1 + months
    first, following = date(index // 12, index % 12 + 1, 1), date((index + 1) // 12, (index + 1) % 12 + 1, 1)
    return min(first.replace(day=1) + timedelta(days=day.day - 1), following - timedelta(days=1))
