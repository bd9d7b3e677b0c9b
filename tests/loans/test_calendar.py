"""Which days are workdays, when a group meets, and what counting from a date gives."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.calendar import NATIONAL, Calendar, Meeting, counted, elapsed, national
from tests.loans.agreed import ANY

INDEPENDENCE, SUNDAY = date(2026, 8, 17), date(2026, 8, 16)
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
MEETINGS = st.builds(Meeting, DAYS, st.integers(1, 12), st.sampled_from(["day", "week", "month"]))


def test_saturday_is_a_workday_and_sunday_is_not():
    assert NATIONAL.next_workday(date(2026, 8, 15)) == date(2026, 8, 15)
    assert NATIONAL.next_workday(SUNDAY) == date(2026, 8, 18)  # Monday is Independence Day


@pytest.mark.parametrize(
    "day", [date(2026, 1, 1), date(2026, 3, 21), date(2026, 5, 1), INDEPENDENCE, date(2026, 12, 25), date(2027, 8, 17)]
)
def test_nobody_pays_on_a_public_holiday(day):
    assert not NATIONAL.is_workday(day)


def test_a_group_closes_days_of_its_own_and_opens_others():
    harvest, market = date(2026, 8, 18), INDEPENDENCE
    group = Calendar(closed=frozenset({harvest}), opened=frozenset({market, SUNDAY}))

    assert group.next_workday(SUNDAY) == SUNDAY
    assert group.next_workday(market) == market
    assert group.next_workday(harvest) == date(2026, 8, 19)


def test_a_day_both_closed_and_opened_is_closed():
    day = frozenset({INDEPENDENCE})

    assert Calendar(closed=day, opened=day).next_workday(INDEPENDENCE) == date(2026, 8, 18)


def test_far_years_know_only_sundays():
    assert national(2199) == frozenset()
    assert NATIONAL.is_workday(date(2199, 8, 17))


def test_a_monthly_meeting_keeps_its_day_in_both_directions():
    meeting = Meeting(date(2026, 1, 31))

    assert list(meeting.between(date(2025, 11, 1), date(2026, 4, 30))) == [
        date(2025, 11, 30),
        date(2025, 12, 31),
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 4, 30),
    ]


def test_a_fortnightly_meeting_goes_on_before_its_first():
    meeting = Meeting(date(2026, 1, 14), every=2, unit="week")

    assert list(meeting.between(date(2025, 12, 17), date(2026, 1, 28))) == [
        date(2025, 12, 17),
        date(2025, 12, 31),
        date(2026, 1, 14),
        date(2026, 1, 28),
    ]


def test_no_meeting_lies_between_two_meetings():
    assert list(Meeting(date(2026, 1, 10)).between(date(2026, 1, 11), date(2026, 2, 9))) == []


def test_moving_to_a_meeting_needs_meetings():
    with pytest.raises(ValueError, match="no meeting"):
        NATIONAL.moved(SUNDAY, "meeting_day")
    assert NATIONAL.moved(SUNDAY, "as_counted") == SUNDAY


@pytest.mark.parametrize(
    ("number", "unit", "found"),
    [
        (1, "month", date(2028, 2, 29)),
        (13, "month", date(2029, 2, 28)),
        (2, "month", date(2028, 3, 31)),
        (-2, "month", date(2027, 11, 30)),
        (2, "week", date(2028, 2, 14)),
        (-31, "day", date(2027, 12, 31)),
    ],
)
def test_counting_from_the_31st_of_january_of_a_leap_year(number, unit, found):
    assert counted(date(2028, 1, 31), number, unit) == found


@pytest.mark.parametrize("unit", ["day", "week", "month"])
def test_counting_ends_with_the_calendar(unit):
    with pytest.raises(OverflowError):
        counted(date(2026, 1, 1), 200_000_000, unit)


@pytest.mark.parametrize(
    ("last", "every", "unit", "found"),
    [
        (date(2026, 2, 28), 1, "month", 1),
        (date(2026, 5, 20), 1, "month", 4),
        (date(2026, 2, 3), 1, "month", 1),
        (date(2026, 7, 31), 3, "month", 2),
        (date(2026, 2, 14), 1, "week", 2),
        (date(2026, 2, 10), 1, "day", 10),
    ],
)
def test_periods_since_the_31st_of_january_to_the_nearest(last, every, unit, found):
    assert elapsed(date(2026, 1, 31), last, every, unit) == found


@ANY
@given(MEETINGS, DAYS)
def test_the_meeting_found_is_the_first_one(meeting, day):
    found = meeting.on_or_after(day)

    assert found >= day
    assert meeting.on_or_after(found) == found
    assert day == found or meeting.on_or_after(day + timedelta(1)) == found


@ANY
@given(MEETINGS)
def test_a_group_meets_on_the_day_it_named(meeting):
    assert meeting.on_or_after(meeting.first_on) == meeting.first_on
    assert meeting.on_or_after(meeting.first_on + timedelta(1)) == counted(
        meeting.first_on, meeting.every, meeting.unit
    )


@ANY
@given(DAYS)
def test_the_next_workday_is_near_and_one_on_which_people_work(day):
    found = NATIONAL.next_workday(day)

    assert NATIONAL.is_workday(found) and timedelta(0) <= found - day < timedelta(8)
