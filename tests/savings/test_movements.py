"""Money put in and taken out: where it stands afterwards, and what is refused with which facts."""

import pytest

from ledger import queries as books
from ledger import services as ledger
from ledger.errors import AccountIsOwned, FloorBreached, FutureDate, LaterEntries, PeriodClosed
from ledger.money import JournalLine, credit
from members import services as people
from members.errors import BeforeJoining, MemberLeft, NotFound
from savings import queries, services
from savings.errors import (
    InsufficientCash,
    NoSuchProduct,
    NotForLoans,
    SavingsLocked,
    SavingsLockedForEver,
    SavingsLockedUntil,
)
from tests.cast import CASH, FEES, day
from tests.door import TODAY


def test_every_group_has_pokok_wajib_and_sukarela_from_the_start(savings):
    found = savings.group.asks(lambda: list(queries.products(savings.group.id)))

    assert [(one.code, one.nature, one.withdrawable, one.parent) for one in found] == [
        ("pokok", "equity", "leaving", "3-1010"),
        ("wajib", "equity", "leaving", "3-1020"),
        ("sukarela", "liability", "any", "2-1010"),
    ]


def test_a_deposit_raises_the_cash_box_and_her_account(savings):
    savings.deposits("dewi", 25_000)

    assert savings.cash() == savings.held("dewi") == 25_000
    assert savings.held("yuni") == 0
    assert savings.is_in_balance()


def test_each_member_has_a_leaf_of_her_own_that_does_not_name_her(savings):
    savings.deposits("dewi", 10_000, "wajib")
    savings.deposits("yuni", 20_000, "wajib")
    savings.deposits("dewi", 10_000, "wajib")

    leaves = savings.group.asks(
        lambda: list(books.accounts(savings.group.id).filter(parent__code="3-1020").values_list("code", "name"))
    )
    total = savings.group.asks(lambda: books.control_total(savings.group.id, "3-1020"))
    assert leaves == [("3-1020.0001", "Simpanan wajib 0001"), ("3-1020.0002", "Simpanan wajib 0002")]
    assert total == 40_000


def test_what_she_withdraws_leaves_the_box(savings):
    savings.deposits("dewi", 25_000)

    savings.withdraws("dewi", 10_000)

    assert savings.cash() == savings.held("dewi") == 15_000
    assert savings.held("dewi", as_of="2026-03-09") == 25_000


def test_through_the_bank_the_box_does_not_move(savings):
    savings.deposits("dewi", 25_000, channel="bank")

    assert savings.cash() == 0
    with pytest.raises(InsufficientCash) as refused:
        savings.withdraws("dewi", 10_000, channel="cash")
    assert refused.value.facts == {"account": CASH, "first_day": day("2026-03-10"), "shortfall": 10_000}
    savings.withdraws("dewi", 10_000, channel="bank")
    assert savings.held("dewi") == 15_000


def test_nobody_takes_more_than_she_has_on_any_later_day(savings):
    savings.deposits("dewi", 10_000, on="2026-03-01")
    savings.deposits("dewi", 10_000, on="2026-03-20")

    with pytest.raises(FloorBreached) as refused:
        savings.withdraws("dewi", 15_000, on="2026-03-10")

    assert refused.value.facts == {"account": "2-1010.0001", "first_day": day("2026-03-10"), "shortfall": 5_000}
    savings.withdraws("dewi", 15_000, on="2026-03-20")
    with pytest.raises(FloorBreached) as refused:
        savings.withdraws("dewi", 8_000, on="2026-03-05")
    assert (refused.value.facts["first_day"], refused.value.facts["shortfall"]) == (day("2026-03-20"), 3_000)


def test_who_never_saved_has_nothing_to_take(savings):
    with pytest.raises(FloorBreached) as refused:
        savings.withdraws("dewi", 15_000)

    assert refused.value.facts["shortfall"] == 15_000


def test_a_products_floor_stays_in_the_account_and_may_be_millions(savings):
    savings.sets("sukarela", floor=1_000_000)
    savings.deposits("dewi", 400_000)
    savings.deposits("dewi", 1_000_000)

    with pytest.raises(FloorBreached) as refused:
        savings.withdraws("dewi", 400_001)

    assert refused.value.facts["shortfall"] == 1
    savings.withdraws("dewi", 400_000)
    assert savings.held("dewi") == 1_000_000


def test_compulsory_savings_stay_while_she_is_a_member(savings):
    savings.deposits("dewi", 10_000, "wajib")

    with pytest.raises(SavingsLocked):
        savings.withdraws("dewi", 1, "wajib")


def test_some_savings_are_never_taken_out(savings):
    savings.opens("abadi", withdrawable="never")
    savings.deposits("dewi", 10_000, "abadi")

    with pytest.raises(SavingsLockedForEver):
        savings.withdraws("dewi", 1, "abadi")


def test_festival_savings_open_on_their_day(savings):
    savings.opens("hari_raya", withdrawable="from_date", opens_on=day("2026-03-20"))
    savings.deposits("dewi", 10_000, "hari_raya")

    with pytest.raises(SavingsLockedUntil) as refused:
        savings.withdraws("dewi", 10_000, "hari_raya", on="2026-03-19")

    assert refused.value.facts == {"product": "hari_raya", "opens_on": day("2026-03-20")}
    savings.withdraws("dewi", 10_000, "hari_raya", on="2026-03-20")


def test_a_term_counts_from_her_first_deposit_that_stands(savings):
    savings.opens("berjangka", withdrawable="from_date", term_months=1)
    wrong = savings.deposits("dewi", 10_000, "berjangka", on="2026-01-05")
    savings.takes_back(wrong)
    savings.deposits("dewi", 10_000, "berjangka", on="2026-01-31")

    with pytest.raises(SavingsLockedUntil) as refused:
        savings.withdraws("dewi", 10_000, "berjangka", on="2026-02-27")

    assert refused.value.facts["opens_on"] == day("2026-02-28")
    savings.withdraws("dewi", 10_000, "berjangka", on="2026-02-28")


def test_nobody_saves_before_she_joined(savings):
    with pytest.raises(BeforeJoining) as refused:
        savings.deposits("dewi", 10_000, on="2026-01-01")

    assert refused.value.facts["joined_on"] == day("2026-01-02")


def test_nobody_saves_after_she_left_nor_between_two_stays(savings):
    row = savings.group.row("yuni")
    savings.group.asks(lambda: people.leave(row, left_on=day("2026-02-10"), today=TODAY))
    with pytest.raises(MemberLeft) as refused:
        savings.deposits("yuni", 10_000)
    assert refused.value.facts["left_on"] == day("2026-02-10")

    row = savings.group.row("yuni")
    savings.group.asks(lambda: people.rejoin(row, joined_on=day("2026-03-01"), today=TODAY))
    with pytest.raises(MemberLeft):
        savings.deposits("yuni", 10_000, on="2026-02-20")
    savings.deposits("yuni", 10_000, on="2026-03-01")
    savings.deposits("yuni", 10_000, on="2026-02-10")
    assert savings.held("yuni") == 20_000


def test_what_is_not_there_is_refused(savings):
    with pytest.raises(NoSuchProduct):
        savings.deposits("dewi", 10_000, "emas")
    savings.group.members["nobody"] = savings.group.id
    with pytest.raises(NotFound):
        savings.deposits("nobody", 10_000)


def test_the_future_and_closed_months_are_refused(savings):
    savings.deposits("dewi", 10_000, on="2026-01-05")
    with pytest.raises(FutureDate):
        savings.deposits("dewi", 10_000, on="2199-01-01")

    second = savings.group.phones["sari"].user
    assert second is not None
    savings.group.asks(lambda: ledger.close_month(savings.group.id, month=day("2026-01-01"), second=second.id))
    with pytest.raises(PeriodClosed) as refused:
        savings.deposits("dewi", 10_000, on="2026-01-05")
    assert refused.value.facts["first_open_on"] == day("2026-02-01")


def test_a_journal_may_not_touch_what_members_hold(savings):
    savings.deposits("dewi", 10_000)

    def act():
        lines = [JournalLine("2-1010.0001", debit=10_000), JournalLine(FEES, credit=10_000)]
        return ledger.post_journal(savings.group.id, effective_on=day("2026-03-06"), memo="x", postings=lines)

    with pytest.raises(AccountIsOwned):
        savings.does(act)


# ── taking back ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_deposit_taken_back_says_by_which_entry(savings):
    wrong = savings.deposits("dewi", 100_000)
    right = savings.deposits("dewi", 10_000)

    mirror = savings.takes_back(wrong)

    rows = savings.group.asks(
        lambda: queries.movement_rows(savings.group.id, list(queries.movements(savings.group.id)))
    )
    assert [(row.movement.id, row.reversed_by) for row in rows] == [(wrong.id, mirror.id), (right.id, None)]
    assert savings.held("dewi") == 10_000


def test_a_deposit_that_was_spent_is_taken_back_after_the_withdrawal(savings):
    savings.has(50_000)
    came = savings.deposits("dewi", 20_000)
    went = savings.withdraws("dewi", 15_000)

    with pytest.raises(LaterEntries) as refused:
        savings.takes_back(came)

    assert refused.value.facts["entry_ids"] == [went.entry_id]
    savings.takes_back(went)
    savings.takes_back(came)
    assert savings.held("dewi") == 0


def test_nothing_is_taken_back_from_an_account_that_a_settlement_closed(savings):
    savings.deposits("yuni", 20_000)
    went = savings.withdraws("yuni", 5_000)
    closed = savings.does(
        lambda: services.pay_out_all(savings.group.id, member_id=savings.group.members["yuni"], on=day("2026-03-20"))
    )

    with pytest.raises(LaterEntries) as refused:
        savings.takes_back(went)

    assert refused.value.facts["entry_ids"] == closed.entry_ids
    savings.reverses(closed.entry_ids[0])
    savings.takes_back(went)
    assert savings.held("yuni") == 20_000


# ── what loans take and give ────────────────────────────────────────────────────────────────────────────────────────


def test_a_loan_takes_from_what_she_may_withdraw_any_day(savings):
    savings.deposits("dewi", 30_000)
    yuni, dewi, group_id = savings.group.members["yuni"], savings.group.members["dewi"], savings.group.id

    def act():
        line = services.take_for_loan(group_id, member_id=dewi, product="sukarela", amount=20_000, on=day("2026-03-10"))
        put = services.put_line(group_id, member_id=yuni, product="sukarela")
        return ledger.post_entry(
            group_id, effective_on=day("2026-03-10"), kind="repayment", postings=[line, credit(put, 20_000)]
        )

    savings.does(act)

    assert (savings.held("dewi"), savings.held("yuni")) == (10_000, 20_000)
    assert [(line.kind, line.amount) for line in savings.book("yuni").lines] == [("repayment", 20_000)]


def test_a_loan_takes_neither_what_is_locked_nor_what_is_not_there(savings):
    savings.deposits("dewi", 30_000)
    savings.deposits("dewi", 30_000, "wajib")
    dewi, group_id, on = savings.group.members["dewi"], savings.group.id, day("2026-03-10")

    with pytest.raises(NotForLoans):
        savings.does(lambda: services.take_for_loan(group_id, member_id=dewi, product="wajib", amount=1, on=on))
    with pytest.raises(FloorBreached) as refused:
        savings.does(lambda: services.take_for_loan(group_id, member_id=dewi, product="sukarela", amount=30_001, on=on))
    assert refused.value.facts["shortfall"] == 1


# ── leaving ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_leaver_is_paid_all_she_holds_in_one_entry(savings):
    savings.deposits("yuni", 50_000, "pokok")
    savings.deposits("yuni", 30_000, "wajib")
    savings.deposits("yuni", 7_000)

    done = savings.does(
        lambda: services.pay_out_all(savings.group.id, member_id=savings.group.members["yuni"], on=day("2026-03-20"))
    )

    assert (done.paid_out, done.offset, len(done.entry_ids)) == (87_000, 0, 1)
    assert savings.cash() == 0
    assert savings.group.asks(lambda: queries.total_of(savings.group.id, savings.group.members["yuni"])) == 0


def test_what_a_leaver_owes_goes_to_her_debt_first(savings):
    savings.deposits("yuni", 50_000, "wajib")
    stock = savings.group.asks(lambda: books.accounts_by_code(savings.group.id, [FEES])[FEES].id)

    done = savings.does(
        lambda: services.pay_out_all(
            savings.group.id,
            member_id=savings.group.members["yuni"],
            on=day("2026-03-20"),
            offset_lines=[credit(stock, 35_000)],
        )
    )

    assert (done.paid_out, done.offset) == (15_000, 35_000)
    assert savings.cash() == 35_000
    with pytest.raises(ValueError, match="cannot be offset"):
        savings.does(
            lambda: services.pay_out_all(
                savings.group.id,
                member_id=savings.group.members["yuni"],
                on=day("2026-03-20"),
                offset_lines=[credit(stock, 1)],
            )
        )


def test_a_leaver_is_not_paid_out_of_an_empty_box(savings):
    savings.deposits("yuni", 50_000, "wajib", channel="bank")

    with pytest.raises(InsufficientCash):
        savings.does(
            lambda: services.pay_out_all(
                savings.group.id, member_id=savings.group.members["yuni"], on=day("2026-03-20")
            )
        )


def test_a_leavers_running_month_earns_to_the_day_before(savings):
    savings.pays_interest("7.30")
    savings.deposits("yuni", 1_000_000, on="2026-02-01")
    savings.has(100_000)

    done = savings.does(
        lambda: services.pay_out_all(savings.group.id, member_id=savings.group.members["yuni"], on=day("2026-03-11"))
    )

    assert savings.interest("yuni") == [("2026-02", 0, 5_600), ("2026-03", 0, 2_011)]
    assert done.paid_out == 1_000_000 + 5_600 + 2_011
    assert savings.held("yuni") == 0
    assert savings.credits("2026-03-31") == []
