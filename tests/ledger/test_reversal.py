"""Taking an entry back: by its mirror, once, with a reason, never by changing what stands."""

import pytest

from ledger import queries, reversal
from ledger.entries import NewEntry
from ledger.errors import AlreadyReversed, IsAReversal, LaterEntries, NoSuchEntry, PeriodClosed
from tests.cast import BANK, CASH, FEES, GRANT, MEALS, day


def test_a_reversal_mirrors_every_line_on_the_original_day(jarbangsri):
    posted = jarbangsri.posts(CASH, GRANT, 850_000, on="2026-03-05")

    mirror = jarbangsri.takes_back(posted)

    assert mirror.effective_on == day("2026-03-05")
    assert jarbangsri.balance(CASH) == jarbangsri.balance(GRANT) == 0
    stored = jarbangsri.asks(lambda: queries.entry(jarbangsri.id, mirror.id))
    assert (stored.reverses_id, stored.kind) == (posted.id, "reversal")


def test_what_is_reversed_cannot_be_reversed_again(jarbangsri):
    posted = jarbangsri.posts(CASH, GRANT, 100)
    mirror = jarbangsri.takes_back(posted)

    with pytest.raises(AlreadyReversed):
        jarbangsri.takes_back(posted)
    with pytest.raises(IsAReversal):
        jarbangsri.takes_back(mirror)


def test_another_groups_entry_is_not_there(jarbangsri, other):
    theirs = other.posts(CASH, GRANT, 100)

    with pytest.raises(NoSuchEntry):
        jarbangsri.takes_back(theirs)


def test_in_a_closed_month_the_mirror_bears_the_first_open_day(jarbangsri):
    posted = jarbangsri.posts(CASH, GRANT, 100, on="2026-03-05")
    jarbangsri.closes("2026-03")

    mirror = jarbangsri.takes_back(posted)

    assert mirror.effective_on == day("2026-04-01")
    assert jarbangsri.balance(CASH, as_of="2026-03-31") == 100
    assert jarbangsri.balance(CASH) == 0


def test_a_day_in_a_closed_month_is_refused_for_the_mirror_too(jarbangsri):
    posted = jarbangsri.posts(CASH, GRANT, 100, on="2026-03-05")
    jarbangsri.closes("2026-03")

    with pytest.raises(PeriodClosed):
        jarbangsri.takes_back(posted, on="2026-03-05")


def test_money_already_spent_must_be_taken_back_first(jarbangsri):
    came = jarbangsri.posts(CASH, GRANT, 100_000, on="2026-03-05")
    unrelated = jarbangsri.posts(BANK, FEES, 5_000, on="2026-03-06")
    spent = jarbangsri.posts(MEALS, CASH, 60_000, on="2026-03-10")

    with pytest.raises(LaterEntries) as refused:
        jarbangsri.takes_back(came)

    assert refused.value.facts["entry_ids"] == [spent.id]
    assert unrelated.id not in refused.value.facts["entry_ids"]
    assert jarbangsri.balance(CASH) == 40_000
    jarbangsri.takes_back(spent)
    jarbangsri.takes_back(came)
    assert jarbangsri.balance(CASH) == 0


def test_the_owner_of_a_kind_undoes_its_part_and_may_refuse(jarbangsri, monkeypatch):
    monkeypatch.setattr(reversal, "_owners", {})
    undone = []
    reversal.register("deposit", lambda entry, on: undone.append((entry.seq, on)))
    posted = jarbangsri.enters(NewEntry(day("2026-03-05"), "deposit", jarbangsri.lines(CASH, FEES, 100)))[0]

    jarbangsri.takes_back(posted)

    assert undone == [(posted.seq, day("2026-03-05"))]
    with pytest.raises(ValueError, match="already have an owner"):
        reversal.register("deposit", lambda entry, on: None)


def test_the_owner_finishes_once_the_mirror_stands(jarbangsri, monkeypatch):
    monkeypatch.setattr(reversal, "_owners", {})
    heads = []

    def head():
        return queries.head(jarbangsri.id).seq

    def undo(entry, on):
        heads.append(head())
        return lambda mirror: heads.append((mirror.seq, mirror.effective_on, head()))

    reversal.register("deposit", undo)
    posted = jarbangsri.enters(NewEntry(day("2026-03-05"), "deposit", jarbangsri.lines(CASH, FEES, 100)))[0]
    jarbangsri.closes("2026-03")

    jarbangsri.takes_back(posted)

    assert heads == [1, (2, day("2026-04-01"), 2)]


def test_what_the_owner_cannot_finish_leaves_no_mirror(jarbangsri, monkeypatch):
    monkeypatch.setattr(reversal, "_owners", {})

    def finish(mirror):
        raise LaterEntries(seq=mirror.seq, later="9", entry_ids=[])

    reversal.register("deposit", lambda entry, on: finish)
    posted = jarbangsri.enters(NewEntry(day("2026-03-05"), "deposit", jarbangsri.lines(CASH, FEES, 100)))[0]

    with pytest.raises(LaterEntries):
        jarbangsri.takes_back(posted)

    assert jarbangsri.balance(CASH) == 100


def test_the_owners_refusal_leaves_the_books_alone(jarbangsri, monkeypatch):
    monkeypatch.setattr(reversal, "_owners", {})

    def refuse(entry, on):
        raise LaterEntries(seq=entry.seq, later="9", entry_ids=[])

    reversal.register("deposit", refuse)
    posted = jarbangsri.enters(NewEntry(day("2026-03-05"), "deposit", jarbangsri.lines(CASH, FEES, 100)))[0]

    with pytest.raises(LaterEntries):
        jarbangsri.takes_back(posted)

    assert jarbangsri.balance(CASH) == 100
