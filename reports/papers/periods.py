"""Which time a statement is set beside. Imports no Django."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta


def before(since: date, until: date) -> tuple[date, date]:
    """The time to compare with; both days inclusive.

    One that begins with the year and is longer than a month has the same days a year earlier beside it: the same
    season. Any other has what came just before it: as many whole months, or as many days.
    """
    if (since.month, since.day) == (1, 1) and until.year == since.year and until.month > 1:
        last = min(until.day, monthrange(until.year - 1, until.month)[1])
        if until.day == monthrange(until.year, until.month)[1]:
            last = monthrange(until.year - 1, until.month)[1]
        return date(since.year - 1, 1, 1), date(until.year - 1, until.month, last)
    end = since - timedelta(days=1)
    if since.day == 1 and until.day == monthrange(until.year, until.month)[1]:
        months = (until.year - since.year) * 12 + until.month - since.month + 1
        first = since.year * 12 + since.month - 1 - months
        return date(first // 12, first % 12 + 1, 1), end
    return since - (until - since) - timedelta(days=1), end


def middle(days: Iterable[date], until: date) -> date | None:
    """The last day of a first part with about half of these days' lines, before `until`; None where one day has all
    that could come first."""
    earlier = sorted(days)
    found = earlier[(len(earlier) - 1) // 2] if earlier else until
    return found if found < until else max((day for day in earlier if day < until), default=None)


def year_begins(until: date) -> date:
    """The first day of the book year that a day is in."""
    return date(until.year, 1, 1)


def month_ends(until: date, count: int) -> tuple[date, ...]:
    """The day itself, and the ends of the months before its own, the oldest first: `count` days in all."""
    found = [until]
    while len(found) < count:
        found.append(found[-1].replace(day=1) - timedelta(days=1))
    return tuple(reversed(found))
