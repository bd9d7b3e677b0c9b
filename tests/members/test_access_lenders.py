"""What a lender is shown of a group: what the consent in force opens, and all of it is in the log."""

import pytest

from members.models import (
    Disclosure,
)
from tests.door import undone
from tests.members.everybody import LENDERS, NOT_ITS_OWN, SHOWN_TO, SHUT, differing, sends, wrong
from tests.members.rows import INSIDE


@pytest.mark.parametrize("row", INSIDE, ids=str)
def test_a_lender_is_shown_what_the_consent_opens_and_all_of_it_is_logged(village, row):
    shown = SHOWN_TO.get(str(row), ())
    closed = "." if str(row) in NOT_ITS_OWN else "-"

    for who, bank in village.banks.items():
        with undone():
            answer = sends(village, row, who)
            log = bank.log
        assert wrong(row, "." if who in SHUT else "+" if who in shown else closed, answer) is None, who
        assert bool(log) == (answer.status == 200), (who, answer.status, log)
        assert {one["scope"] for one in log} <= set(LENDERS[who])
        assert {one["user_id"] for one in log} <= {str(bank.user.id)}


@pytest.mark.parametrize("row", INSIDE, ids=str)
def test_a_lender_of_the_next_group_is_nobody_here(village, row):
    assert differing(village, row, {"lall": "."}, group=village.theirs.id) == {}


@pytest.mark.parametrize("row", [row for row in INSIDE if row.cells["chai"] == "+"], ids=str)
def test_what_officers_do_is_in_no_lenders_log(village, row):
    with undone():
        before = village.ours.asks(lambda: Disclosure.objects.count())
        sends(village, row, "chai")
        assert village.ours.asks(lambda: Disclosure.objects.count()) == before


def test_a_lender_opens_no_group_and_sees_no_other_groups_books(village):
    for who in LENDERS:
        phone = village.people[who]
        assert phone.posts("groups", {"name": "Melati"}).status == 403
        assert phone.gets("operator/portfolio").status == 403


def test_the_directory_shows_a_lender_the_groups_that_let_it_in(village):
    for who in LENDERS:
        phone, wanted = village.people[who], set() if who in SHUT else {str(village.ours.id)}
        assert {one["id"] for one in phone.gets("groups")["results"]} == wanted, who
        assert {one["group_id"] for one in phone.gets("me")["seats"]} == wanted, who
