"""Printed cards of codes: each good once, five wrong ones end the card, and it opens no office."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from ledger.context import outside_books
from members import access, cards, devices, enrolments, tries
from members.errors import (
    CardNotValid,
    FactorRequired,
    NotAllowed,
    NotFound,
    OwnPasswordFirst,
    TooManyToday,
    WrongDevicePin,
)
from members.models import CardCode, CodeCard, User, WrongTry
from tests.door import Kelompok, somebody
from tests.members.ways import WRONG, card_for, lives, own_phone, phone_of, signs_in, user_of

NO_CODE = "ZZZ-ZZZ"


def test_a_card_has_ten_codes_of_thirty_bits_and_keeps_none(kelompok):
    card = card_for(kelompok, "dewi")

    assert len(set(card.codes)) == 10 and {len(code) for code in card.codes} == {7}
    kept = str(list(CardCode.objects.values())).lower()
    assert not [code for code in card.codes if code.lower() in kept or code.replace("-", "").lower() in kept]


def test_each_code_opens_once(kelompok):
    card = card_for(kelompok, "dewi")
    for left, code in enumerate(reversed(card.codes)):
        assert cards.open_with(card.number.lower(), code.replace("-", " ")) == user_of(kelompok, "dewi")
        with pytest.raises(CardNotValid):
            cards.open_with(card.number, code)
        assert cards.left(user_of(kelompok, "dewi")) == 9 - left


def test_a_new_card_ends_the_one_before_and_what_it_opened(kelompok):
    first = card_for(kelompok, "dewi")
    key = signs_in(cards.open_with(first.number, first.codes[0]), way="card")
    second = card_for(kelompok, "dewi")

    assert not lives(key)
    with pytest.raises(CardNotValid):
        cards.open_with(first.number, first.codes[1])
    assert cards.open_with(second.number, second.codes[0])


def test_the_code_of_another_card_is_none(kelompok):
    dewi, yuni = card_for(kelompok, "dewi"), card_for(kelompok, "yuni")

    with pytest.raises(CardNotValid):
        cards.open_with(dewi.number, yuni.codes[0])


def test_whatever_is_wrong_the_answer_is_one(kelompok):
    card = card_for(kelompok, "dewi")
    cards.open_with(card.number, card.codes[0])
    said = set()
    for number, code in (
        (card.number, card.codes[0]),
        (card.number, NO_CODE),
        (card.number, ""),
        ("0000-0000", card.codes[1]),
        ("", ""),
        ("bukan nomor", "\x00"),
    ):
        with pytest.raises(CardNotValid) as refused:
            cards.open_with(number, code)
        said.add(refused.value.sentence)

    assert len(said) == 1


def test_the_fifth_wrong_code_ends_the_card(kelompok):
    card = card_for(kelompok, "dewi")
    for _ in range(4):
        with pytest.raises(CardNotValid):
            cards.open_with(card.number, NO_CODE)
    assert cards.open_with(card.number, card.codes[0])
    for _ in range(5):
        with pytest.raises(CardNotValid):
            cards.open_with(card.number, NO_CODE)

    with pytest.raises(CardNotValid):
        cards.open_with(card.number, card.codes[1])
    assert CodeCard.objects.get().ended_at is not None


def test_wrong_codes_at_the_same_time_all_count_and_a_code_opens_once(scratch):
    kelompok = Kelompok.opened()
    card = card_for(kelompok, "dewi")

    def sends(code: str) -> str:
        try:
            cards.open_with(card.number, code)
        except CardNotValid as refused:
            return refused.code
        finally:
            connections.close_all()
        return "opened"

    with ThreadPoolExecutor(5) as pool:
        assert sorted(pool.map(sends, [card.codes[0]] * 4)) == ["opened"] + ["wrong_code"] * 3
        CodeCard.objects.update(failures=0)
        WrongTry.objects.all().delete()
        assert set(pool.map(sends, [NO_CODE] * 10)) == {"wrong_code"}

    assert (CodeCard.objects.get().failures, WrongTry.objects.get().count) == (5, 5)


def test_the_days_twenty_are_counted_over_cards_and_phones_together(kelompok):
    for _ in range(4):
        token = phone_of(kelompok).token
        for _ in range(4):
            with pytest.raises(WrongDevicePin):
                devices.unlock(token, WRONG)
    card = card_for(kelompok, "dewi")
    for _ in range(tries.MOST_A_DAY - 16):
        with pytest.raises(CardNotValid):
            cards.open_with(card.number, NO_CODE)

    with pytest.raises(TooManyToday):
        cards.open_with(card.number, card.codes[0])
    assert cards.left(user_of(kelompok, "dewi")) == 10


def test_a_card_opens_no_office(kelompok):
    sari = user_of(kelompok, "sari")
    own_phone(sari)
    card = outside_books(sari.id, lambda: cards.for_herself(sari, way="device"))
    assert cards.open_with(card.number, card.codes[0]) == sari

    seat = access.own_only(access.seat(sari, kelompok.id))

    assert (seat.roles, seat.member_id, access.is_officer(seat)) == ([], kelompok.members["sari"], False)
    assert access.may(seat, "see_loans") and not access.may(seat, "vote_loan")
    with pytest.raises(NotAllowed):
        access.require(seat, "enroll_device")


def test_a_card_is_no_seat_for_who_is_no_member(kelompok):
    seat = access.seat(user_of(kelompok, "dewi"), kelompok.id)
    seat.member_id = None

    with pytest.raises(NotFound):
        access.own_only(seat)


def test_an_operators_card_opens_nothing(kelompok):
    card = card_for(kelompok, "dewi")
    User.objects.filter(id=user_of(kelompok, "dewi").id).update(is_operator=True)

    with pytest.raises(CardNotValid):
        cards.open_with(card.number, card.codes[0])


def test_who_came_in_with_a_card_makes_no_other(kelompok):
    dewi = user_of(kelompok, "dewi")

    with pytest.raises(OwnPasswordFirst):
        outside_books(dewi.id, lambda: cards.for_herself(dewi, way="card"))


def test_an_officer_prints_her_own_after_she_has_shown_all_she_must(kelompok):
    sari = user_of(kelompok, "sari")

    with pytest.raises(FactorRequired):
        outside_books(sari.id, lambda: cards.for_herself(sari, way="password"))


def test_a_shut_account_comes_in_with_no_card(kelompok):
    card = card_for(kelompok, "dewi")
    User.objects.filter(id=user_of(kelompok, "dewi").id).update(is_active=False)

    with pytest.raises(CardNotValid):
        cards.open_with(card.number, card.codes[0])


def test_her_ways_are_told_together(kelompok):
    opened = phone_of(kelompok)
    card_for(kelompok, "dewi")

    phones, card = enrolments.ways_of(opened.device.user)

    assert phones == [opened.device] and card == CodeCard.objects.get()
    assert enrolments.ways_of(somebody("tuti")) == ([], None)
