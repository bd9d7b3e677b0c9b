"""Enrolled phones: the code, the PIN, the token; what an officer may and may not."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.db.models.functions import Now

from ledger.context import outside_books
from members import codes, devices, enrolments, logins, services, tries
from members.errors import (
    CodeNotValid,
    DeviceEnded,
    Erased,
    FactorRequired,
    NotAllowed,
    NotFound,
    OfficersWays,
    OwnPasswordFirst,
    PinCommon,
    PinIsBirthDate,
    PinIsPhone,
    PinShape,
    TooManyToday,
    WrongDevicePin,
)
from members.models import Device, Enrolment, Person, Seat, Session, User, WrongTry
from tests.door import PASSWORD, Kelompok, Phone
from tests.members.ways import (
    GOOD,
    OTHER,
    WRONG,
    card_for,
    code_for,
    lives,
    own_code,
    own_phone,
    phone_of,
    signs_in,
    user_of,
)

# ── enrolling ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_member_trades_an_officers_code_for_her_phone(kelompok):
    code = code_for(kelompok, "dewi")

    opened = enrolments.trade(code.lower().replace("-", " "), GOOD, label="HP Dewi")

    assert opened.device.user == user_of(kelompok, "dewi")
    assert len(opened.token) >= 43  # 256 bits in base64
    [kept] = Device.objects.values()
    assert opened.token not in str(kept) and GOOD not in str(kept)
    assert code.replace("-", "").lower() not in str(Enrolment.objects.values())


def test_a_member_without_a_login_gets_one_without_a_password(kelompok):
    opened = phone_of(kelompok, "yuni")

    user = opened.device.user
    assert user.password_is == "none" and user.username.startswith("anggota.") and "yuni" not in user.username
    assert Seat.objects.get(user=user).member_id == kelompok.members["yuni"]
    assert Phone().posts("auth/tokens", {"username": user.username, "password": PASSWORD}).status == 401
    phone_of(kelompok, "yuni")
    assert User.objects.filter(password_is="none").count() == 1


def test_who_has_no_password_bears_no_token_and_signs_nothing(kelompok):
    user = phone_of(kelompok, "yuni").device.user
    _, token = outside_books(user.id, lambda: logins.open_token(user, label=None))

    assert Phone(token).gets("me").status == 403


@pytest.mark.parametrize("person", ["sari", "budi", "wati"])
def test_no_officer_makes_a_code_or_a_card_for_another(kelompok, person):
    for made in (code_for, card_for):
        with pytest.raises(OfficersWays):
            made(kelompok, person)


def test_nor_for_a_member_who_sits_in_another_group_as_well(kelompok, neighbours):
    dewi = user_of(kelompok, "dewi")
    Seat.objects.create(user=dewi, group=neighbours.group, member_id=neighbours.members["yuni"])

    with pytest.raises(OfficersWays):
        code_for(kelompok, "dewi")


@pytest.mark.parametrize("person", ["dewi", "wati"])
def test_only_the_board_makes_codes(kelompok, person):
    with pytest.raises(NotAllowed):
        code_for(kelompok, "dewi", by=person)


def test_a_code_is_good_once(kelompok):
    code = code_for(kelompok, "dewi")
    enrolments.trade(code, GOOD, label="HP")

    with pytest.raises(CodeNotValid):
        enrolments.trade(code, GOOD, label="HP lain")


def test_a_code_lives_ten_minutes(kelompok):
    code = code_for(kelompok, "dewi")
    [waiting] = Enrolment.objects.all()
    assert waiting.expires_at - waiting.created_at == timedelta(minutes=10)
    Enrolment.objects.update(expires_at=Now())

    with pytest.raises(CodeNotValid):
        enrolments.trade(code, GOOD, label="HP")


def test_a_new_code_takes_the_place_of_the_one_before(kelompok):
    first, second = code_for(kelompok, "dewi"), code_for(kelompok, "dewi")

    with pytest.raises(CodeNotValid):
        enrolments.trade(first, GOOD, label="HP")
    assert enrolments.trade(second, GOOD, label="HP").token


def test_whatever_is_wrong_with_a_code_the_answer_is_one(kelompok):
    spent = code_for(kelompok, "dewi")
    enrolments.trade(spent, GOOD, label="HP")
    said = set()
    for code in (spent, codes.shown(codes.new(8)), "", "bukan kode", "\x00", spent * 50):
        with pytest.raises(CodeNotValid) as refused:
            enrolments.trade(code, GOOD, label="HP")
        said.add((refused.value.code, refused.value.sentence))

    assert len(said) == 1


@pytest.mark.parametrize(
    ("pin", "refusal"),
    [
        ("12345", PinShape),
        ("rahasia", PinShape),
        ("123456", PinCommon),
        ("171090", PinIsBirthDate),
        ("345678", PinCommon),
        ("893475", PinIsPhone),
    ],
)
def test_a_pin_that_is_easy_to_guess_spends_no_code(kelompok, pin, refusal):
    about = {"born_on": "1990-10-17", "phone": "+6281289347522"}
    kelompok.asks(lambda: Person.objects.filter(group_id=kelompok.id, name="Dewi").update(**about))
    code = code_for(kelompok, "dewi")

    with pytest.raises(refusal):
        enrolments.trade(code, pin, label="HP")

    assert enrolments.trade(code, GOOD, label="HP").token


def test_a_pin_is_compared_with_what_every_group_knows_of_her(kelompok, neighbours):
    dewi = user_of(kelompok, "dewi")
    Seat.objects.create(user=dewi, group=neighbours.group, member_id=neighbours.members["yuni"])
    born_on = "1990-10-17"
    neighbours.asks(lambda: Person.objects.filter(group_id=neighbours.id, name="Yuni").update(born_on=born_on))

    with pytest.raises(PinIsBirthDate):
        devices.refuse_weak(dewi, "171090")


def test_a_shut_account_enrols_nothing(kelompok):
    code = code_for(kelompok, "dewi")
    User.objects.filter(id=user_of(kelompok, "dewi").id).update(is_active=False)

    with pytest.raises(CodeNotValid):
        enrolments.trade(code, GOOD, label="HP")


# ── officers ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_officers_code_needs_her_own_password_in_the_same_browser(kelompok):
    sari, rina = user_of(kelompok, "sari"), user_of(kelompok, "rina")
    own_phone(sari)
    code = own_code(sari, "device")

    for signed_in, way in ((None, None), (rina, "password"), (sari, "device"), (sari, "card")):
        with pytest.raises(OwnPasswordFirst):
            enrolments.trade(code, GOOD, label="HP", signed_in=signed_in, way=way)

    assert enrolments.trade(code, GOOD, label="HP", signed_in=sari, way="password").device.user == sari


def test_a_code_made_before_she_took_office_is_none_after(kelompok):
    code = code_for(kelompok, "dewi")
    kelompok.holds("dewi", "secretary")

    with pytest.raises(CodeNotValid):
        enrolments.trade(code, GOOD, label="HP")


def test_what_was_prepared_for_a_member_ends_when_she_takes_office(kelompok):
    opened = phone_of(kelompok, "dewi")
    card_for(kelompok, "dewi")
    key = signs_in(opened.device.user, way="device", device=opened.device)
    kelompok.holds("dewi", "secretary")

    with pytest.raises(DeviceEnded):
        devices.unlock(opened.token, GOOD)
    assert not lives(key)
    assert enrolments.ways_of(opened.device.user) == ([], None)


def test_an_officers_own_phone_stays_when_she_takes_another_office(kelompok):
    opened = own_phone(user_of(kelompok, "rina"))
    kelompok.holds("rina", "chair")

    assert devices.unlock(opened.token, GOOD)


def test_a_member_with_a_phone_alone_gets_a_password_with_her_office(kelompok):
    user = phone_of(kelompok, "yuni").device.user
    row = kelompok.row("yuni")

    office, first = kelompok.asks(
        lambda: services.appoint_officer(kelompok.group, row, role="secretary", username="a.yuni")
    )

    assert office.user == user and first is not None
    user.refresh_from_db()
    assert (user.username, user.password_is) == ("a.yuni", "one_time")


def test_a_member_with_a_phone_alone_may_be_given_a_password(kelompok):
    user = phone_of(kelompok, "yuni").device.user
    row = kelompok.row("yuni")

    _, first = kelompok.asks(lambda: services.open_login(kelompok.group, row, username="a.yuni"))

    assert Phone().posts("auth/tokens", {"username": "a.yuni", "password": first}).status == 201
    assert devices.of(user).count() == 1


def test_the_phone_in_her_hand_needs_no_code_but_her_password(kelompok):
    sari = user_of(kelompok, "sari")

    for way in ("device", "card"):
        with pytest.raises(OwnPasswordFirst):
            own_phone(sari, way=way)

    assert own_phone(sari).device.user == sari


def test_a_stolen_password_enrols_no_phone_beside_the_first(kelompok):
    sari = user_of(kelompok, "sari")
    own_phone(sari)

    with pytest.raises(FactorRequired):
        own_phone(sari, OTHER)
    with pytest.raises(FactorRequired):
        own_code(sari, "password")


def test_a_member_makes_a_code_for_her_further_phone(kelompok):
    first = phone_of(kelompok)
    second = enrolments.trade(own_code(first.device.user, "device"), OTHER, label="HP anak")

    assert devices.unlock(first.token, GOOD) and devices.unlock(second.token, OTHER)
    with pytest.raises(OwnPasswordFirst):
        own_code(first.device.user, "card")


# ── the PIN ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_fifth_wrong_pin_ends_the_phone(kelompok):
    opened = phone_of(kelompok)
    key = signs_in(opened.device.user, way="device", device=opened.device)
    for left in (4, 3, 2, 1):
        with pytest.raises(WrongDevicePin) as refused:
            devices.unlock(opened.token, WRONG)
        assert refused.value.facts == {"tries_left": left}

    for pin in (WRONG, GOOD):
        with pytest.raises(DeviceEnded):
            devices.unlock(opened.token, pin)

    assert Device.objects.get().ended_at is not None
    assert not lives(key)


def test_a_right_pin_forgets_the_wrong_ones(kelompok):
    token = phone_of(kelompok).token
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(WrongDevicePin):
                devices.unlock(token, WRONG)
        token = devices.unlock(token, GOOD).token

    assert Device.objects.get().failures == 0


def test_wrong_pins_at_the_same_time_all_count(scratch):
    kelompok = Kelompok.opened()
    token = phone_of(kelompok).token

    def tries_one(_: int) -> str:
        try:
            devices.unlock(token, WRONG)
        except (WrongDevicePin, DeviceEnded) as refused:
            return refused.code
        finally:
            connections.close_all()
        return "opened"

    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(tries_one, range(10)))

    assert answers.count("wrong_pin") == 4 and answers.count("device_ended") == 6
    assert Device.objects.get().failures == 5 and Device.objects.get().ended_at is not None
    assert WrongTry.objects.get().count == 5


def test_twenty_wrong_ones_a_day_close_every_phone_and_card_of_hers(kelompok):
    phones = [phone_of(kelompok) for _ in range(6)]
    for opened in phones[:5]:
        for _ in range(4):
            with pytest.raises(WrongDevicePin):
                devices.unlock(opened.token, WRONG)

    for pin in (WRONG, GOOD):
        with pytest.raises(TooManyToday):
            devices.unlock(phones[5].token, pin)
    assert Device.objects.get(id=phones[5].device.id).failures == 0

    WrongTry.objects.update(since=Now() - timedelta(hours=25))
    assert devices.unlock(phones[5].token, GOOD)


def test_right_ones_do_not_count(kelompok):
    token = phone_of(kelompok).token
    for _ in range(tries.MOST_A_DAY + 2):
        token = devices.unlock(token, GOOD).token

    assert WrongTry.objects.get().count == 0


def test_an_unknown_phone_answers_as_an_ended_one_and_costs_one_hashing(kelompok, monkeypatch):
    opened = phone_of(kelompok)
    devices.end(opened.device.user, opened.device.id)
    hashed: list[str] = []
    monkeypatch.setattr(devices, "make_password", hashed.append)

    for token in (opened.token, "tidak-dikenal", "", "\ud800"):
        with pytest.raises(DeviceEnded):
            devices.unlock(token, GOOD)
        assert devices.known(token) is None

    assert hashed == [GOOD] * 4


def test_a_shut_account_opens_no_phone(kelompok):
    opened = phone_of(kelompok)
    User.objects.filter(id=opened.device.user_id).update(is_active=False)

    with pytest.raises(DeviceEnded):
        devices.unlock(opened.token, GOOD)


# ── the token ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_old_token_dies_when_the_phone_has_the_new_one(kelompok):
    first = phone_of(kelompok)
    second = devices.unlock(first.token, GOOD)
    assert second.token != first.token

    assert lives(signs_in(second.device.user, way="device", device=second.device))

    with pytest.raises(DeviceEnded):
        devices.unlock(first.token, GOOD)
    assert devices.unlock(second.token, GOOD)


def test_an_answer_that_never_arrived_locks_nobody_out(kelompok):
    first = phone_of(kelompok)
    lost = devices.unlock(first.token, GOOD)

    again = devices.unlock(first.token, GOOD)

    assert again.token == lost.token  # two taps, one token, in whichever order the answers arrive


def test_a_token_two_before_is_dead(kelompok):
    first = phone_of(kelompok)
    second = devices.unlock(first.token, GOOD)
    devices.unlock(second.token, GOOD)

    with pytest.raises(DeviceEnded):
        devices.unlock(first.token, GOOD)


# ── ending ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_ending_a_phone_ends_what_is_signed_in_through_it(kelompok):
    one, other = phone_of(kelompok), phone_of(kelompok)
    keys = [signs_in(each.device.user, way="device", device=each.device) for each in (one, other)]

    devices.end(one.device.user, one.device.id)

    assert [lives(key) for key in keys] == [False, True]
    assert list(devices.of(one.device.user)) == [other.device]


def test_nobody_ends_the_phone_of_another(kelompok):
    opened = phone_of(kelompok)

    with pytest.raises(NotFound):
        devices.end(user_of(kelompok, "sari"), opened.device.id)


def test_an_officer_ends_a_members_ways_and_no_officers(kelompok):
    opened = phone_of(kelompok)
    own_phone(user_of(kelompok, "sari"))
    rows = kelompok.row("dewi"), kelompok.row("sari")

    kelompok.asks(lambda: enrolments.end_all(kelompok.group, rows[0]))
    with pytest.raises(OfficersWays):
        kelompok.asks(lambda: enrolments.end_all(kelompok.group, rows[1]))

    with pytest.raises(DeviceEnded):
        devices.unlock(opened.token, GOOD)
    assert devices.of(user_of(kelompok, "sari")).count() == 1


def test_who_is_forgotten_leaves_no_way_in(kelompok):
    opened = phone_of(kelompok)
    Device.objects.update(label="HP Dewi")
    card_for(kelompok, "dewi")
    code_for(kelompok, "dewi")
    key = signs_in(opened.device.user, way="device", device=opened.device)
    path = f"{kelompok.path}/members/{kelompok.members['dewi']}"
    assert kelompok.budi.pays(f"{path}/leave", {"left_on": "2026-03-31", "second": kelompok.second()}).status == 201
    assert kelompok.budi.posts(f"{path}/erasure", {"second": kelompok.second()}).status == 201

    assert not lives(key)
    for model in (Device, Enrolment, Session, WrongTry):
        assert not model.objects.filter(user_id=opened.device.user_id).exists()  # type: ignore[attr-defined]
    with pytest.raises(Erased):
        code_for(kelompok, "dewi")
