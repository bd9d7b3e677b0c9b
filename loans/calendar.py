"""On which days something may fall due: holidays, the group's own days off, its meetings. Imports no Django.

Saturday is a workday, as in the villages; Sundays and Indonesia's public holidays are not. Days moved for everybody
(cuti bersama) are no holidays here: an office closes on them, a market does not. Islamic feasts are computed for the
years ahead and may be a day off until they are announced; the group closes or opens days itself. Of years after 2100
only Sundays are known.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Literal

SUNDAY, ONE_DAY = 6, timedelta(days=1)
MONTH_ENDS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@cache
def national(year: int) -> frozenset[date]:
    """Indonesia's public holidays of a year; none of a year the package does not know."""
    import holidays  # slow to load, and a schedule counted by dates alone has no use for it

    return frozenset(holidays.country_holidays("ID", years=year))


def counted(anchor: date, number: int, unit: Literal["day", "week", "month"]) -> date:
    """`number` units after `anchor` (before it, when negative); a month's day clamps to the month's end.

    Counted from the anchor and never from a clamped day: the 31st is the 28th in February and the 31st in March.
    Raises OverflowError outside the years 1 to 9999.
    """
    if unit == "month":
        years, month = divmod(anchor.month - 1 + number, 12)
        year, day = anchor.year + years, anchor.day
        if not 1 <= year <= 9999:
            raise OverflowError("date value out of range")
        if day > 28 and day > MONTH_ENDS[month]:
            leap = month == 1 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
            day = MONTH_ENDS[month] + leap
        return date(year, month + 1, day)
    return anchor + timedelta(days=number if unit == "day" else 7 * number)


def elapsed(first: date, last: date, every: int, unit: Literal["day", "week", "month"]) -> int:
    """How many times `every` units lie between two days, to the nearest; at least one."""
    if unit == "month":
        length, span = 30 * every, 30 * (12 * (last.year - first.year) + last.month - first.month)
        span += min(last.day, 30) - min(first.day, 30)
    else:
        length, span = every * (7 if unit == "week" else 1), (last - first).days
    return max(1, (2 * span + length) // (2 * length))


@dataclass(frozen=True, slots=True)
class Meeting:
    """The days on which a group meets: `first_on` and each `every` units from it, in both directions.

    A monthly meeting keeps its day of the month; the 29th to 31st clamp to the month's end.
    """

    first_on: date
    every: int = 1
    unit: Literal["day", "week", "month"] = "month"

    def on_or_after(self, day: date) -> date:
        """The first meeting on `day` or later. Raises OverflowError past the year 9999."""
        first = self.first_on
        if self.unit != "month":
            step = self.every * (7 if self.unit == "week" else 1)
            return first + timedelta(days=-((first - day).days // step) * step)
        months = 12 * (day.year - first.year) + day.month - first.month
        number = months // self.every * self.every
        found = counted(first, number, "month")
        return found if found >= day else counted(first, number + self.every, "month")

    def between(self, first: date, last: date) -> Iterator[date]:
        """Every meeting from `first` to `last`, both inclusive."""
        day = self.on_or_after(first)
        while day <= last:
            yield day
            day = self.on_or_after(day + ONE_DAY)


@dataclass(frozen=True, slots=True)
class Calendar:
    """A group's days: what it closes beside the public holidays, what it opens in spite of one, when it meets.

    A day in both `closed` and `opened` is closed. A Sunday may be opened.
    """

    closed: frozenset[date] = frozenset()
    opened: frozenset[date] = frozenset()
    meeting: Meeting | None = None

    def is_workday(self, day: date) -> bool:
        if day in self.closed:
            return False
        return day in self.opened or (day.weekday() != SUNDAY and day not in national(day.year))

    def next_workday(self, day: date) -> date:
        """`day` itself when one works on it, else the first workday after it."""
        while not self.is_workday(day):
            day += ONE_DAY
        return day

    def moved(self, day: date, rule: Literal["as_counted", "next_workday", "meeting_day"]) -> date:
        """`day` under a rule of `due_dates`; never earlier. Raises ValueError for "meeting_day" without a meeting."""
        if rule == "next_workday":
            return self.next_workday(day)
        if rule == "meeting_day":
            if self.meeting is None:
                raise ValueError("this calendar has no meeting")
            return self.meeting.on_or_after(day)
        return day


NATIONAL = Calendar()
"""Sundays and public holidays, no meeting."""
