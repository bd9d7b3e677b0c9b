"""Every group at a glance, as the operator sees it: right sums, what wants attention first, one query for all."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger.context import outside_books
from loans import portfolio
from members.models import Group, Seat, User
from reports import groups
from tests.config.test_operators import kelompok, quick_hashing, signed_in, wulan  # noqa: F401
from tests.door import comes_in
from tests.loans.lending import Lending
from tests.members.conftest import neighbours  # noqa: F401

NIGHT = date(2026, 5, 19)
NOW = datetime(2026, 5, 20, 3, 0, tzinfo=UTC)


def seen(now: datetime = NOW) -> dict[str, groups.Glance]:
    """By name, in the order of the page."""
    return {one.group.name: one for one in outside_books(None, lambda: groups.glances(now))}


def called(lending: Lending, name: str) -> Lending:
    Group.objects.filter(id=lending.id).update(name=name)
    return lending


@pytest.fixture
def page(wulan) -> Any:  # noqa: F811
    def shown(query: str = "") -> str:
        answer = wulan.get(f"/operator/groups/{query}")
        assert answer.status_code == 200
        return " ".join(answer.content.decode().split())

    return shown


@pytest.fixture
def lending(books) -> Lending:
    """Dewi borrowed in January and never paid; the night of 19 May is done."""
    lending = called(Lending.opened(), "Melati")
    lending.lends()
    lending.saves("dewi", 20_000)
    lending.saves("yuni", 35_000)
    lending.lives_the_night(NIGHT.isoformat())
    return lending


def test_a_group_has_its_people_its_savings_and_its_loans_of_the_last_night(lending):
    told = lending.asks(lambda: portfolio.figures(lending.id, as_of=NIGHT))

    ours = seen()["Melati"]

    assert (ours.members, ours.savings) == (6, 55_000)
    assert (ours.loans, ours.outstanding, ours.par30, ours.counted_on) == (1, 1_200_000, 1_200_000, NIGHT)
    assert (ours.outstanding, ours.par30) == (told.outstanding, told.par[30])
    assert str(ours.par30_percent) == "100.00"


def test_a_group_sees_no_sum_of_its_neighbours(lending, neighbours):  # noqa: F811
    theirs = seen()["Tetangga"]

    assert (theirs.members, theirs.savings, theirs.outstanding, theirs.written_on) == (6, 0, None, None)


def test_afterwards_the_operator_still_sees_no_book(lending):
    def asked() -> tuple[int, str]:
        groups.glances(NOW)
        with connection.cursor() as cursor:
            cursor.execute("select count(*), current_setting('app.group_id', true) from ledger_entry")
            count, setting = cursor.fetchone()
            return count, setting

    assert outside_books(None, asked) == (0, "")


def test_only_what_people_write_counts_as_a_sign_of_life(lending):
    written = seen()["Melati"].written_on
    assert written is not None

    assert not seen(datetime(written.year, written.month, written.day, 5, tzinfo=UTC))["Melati"].silent
    long_after = datetime(written.year + 1, 1, 31, 5, tzinfo=UTC)
    lending.lives_the_night("2026-10-31")

    assert seen(long_after)["Melati"].silent


def test_months_that_are_over_and_open_are_counted_from_the_first_entry(lending):
    """The first entry is of January; in May, January to April are over."""
    assert seen()["Melati"].months_open == 4

    lending.closes("2026-01")

    ours = seen()["Melati"]
    assert (ours.closed, ours.months_open, ours.behind) == (date(2026, 1, 1), 3, True)


def test_what_wants_attention_stands_first_and_demonstrations_last(lending):
    well = called(Lending.opened("b"), "Anggrek")
    for month in ("2026-01", "2026-02", "2026-03"):
        well.closes(month)
    demo = called(Lending.opened("c"), "DEMO Arum")
    Group.objects.filter(id=demo.id).update(demo=True)

    found = seen()

    assert list(found) == ["Melati", "Anggrek", "DEMO Arum"]
    assert found["Melati"].warnings > found["Anggrek"].warnings


def test_demonstrations_are_not_added_up(lending):
    Group.objects.filter(id=lending.id).update(name="DEMO Melati", demo=True)
    called(Lending.opened("b"), "Anggrek").saves("dewi", 7_000)

    [total] = groups.totals(seen().values())

    assert (total.currency, total.groups, total.members, total.savings, total.outstanding) == ("IDR", 1, 6, 7_000, 0)
    assert total.par30_percent is None


def test_another_currency_has_a_line_of_its_own(lending):
    Group.objects.create(name="Dili", currency="USD", digits=2, timezone="Asia/Dili")

    assert [(total.currency, total.groups) for total in groups.totals(seen().values())] == [("IDR", 1), ("USD", 1)]


def test_the_page_shows_it_and_names_nobody(lending, page):
    shown = page()

    assert "Melati" in shown
    assert "Rp55.000" in shown
    assert "! 100,00%" in shown
    assert "kelompok perlu diperhatikan" in shown
    assert not re.search(r"\b(Dewi|Yuni|Budi)\b", shown)
    assert not re.search(r"\s(style|on[a-z]+)=[\"']", shown)


def test_a_group_is_found_by_name_or_place(lending, page):
    Group.objects.filter(id=lending.id).update(village="Blumbangrejo", regency="Blora")
    called(Lending.opened("b"), "Anggrek")

    assert "Anggrek" not in page("?q=blora blumbang")
    assert "Melati" in page("?q=blora blumbang")
    assert "Tidak ada kelompok yang cocok" in page("?q=sleman")


def test_it_is_read_by_as_many_queries_for_thirty_groups_as_for_one(lending, wulan):  # noqa: F811
    def counted() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert wulan.get("/operator/groups/").status_code == 200
        return len(queries)

    counted()  # the session is read for the first time
    few = counted()
    for number in range(30):
        group = Group.objects.create(name=f"K {number}", currency="IDR", digits=0, timezone="Asia/Jakarta")
        Seat.objects.create(user=User.objects.create(username=f"k{number}", password="!"), group=group, roles=[])

    assert counted() == few


def test_it_is_for_operators_alone(kelompok):  # noqa: F811
    from tests.config.test_operators import browser

    treasurer = comes_in(browser(), kelompok.budi.user)

    assert treasurer.get("/operator/groups/").status_code == 302
    assert browser().get("/operator/groups/").status_code == 302


def test_without_any_group_it_says_what_comes_first(page):
    assert "Belum ada kelompok." in page()
