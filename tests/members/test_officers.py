"""Officers: appointing, the logins that come with it, ending an office."""

import json

import pytest

from ledger.ids import uuid7
from ledger.models import Command
from members.models import Officer, Pin, Seat, User
from tests.door import PASSWORD, Phone, signs_in


def appoints(kelompok, person, role, *, by="budi", username=None, key=None, **more):
    body = {
        "member_id": str(kelompok.members[person]),
        "role": role,
        "username": username or f"{kelompok.prefix}.{person}",
    }
    return kelompok.phones[by].posts(f"{kelompok.path}/officers", body | more, key=key)


def ends(kelompok, person, *, by="budi"):
    return kelompok.phones[by].deletes(f"{kelompok.path}/officers/{kelompok.offices[person]}")


def resets(kelompok, person, *, by="budi", username=None, key=None):
    path = f"{kelompok.path}/members/{kelompok.members[person]}/login"
    return kelompok.phones[by].posts(path, {"username": username or f"{kelompok.prefix}.{person}"}, key=key)


def logs_in(username, password):
    return Phone().posts("auth/tokens", {"username": username, "password": password})


def seat_of(kelompok, person):
    user = kelompok.phones[person].user
    return Seat.objects.filter(group=kelompok.group, user=user).first()


def roles(kelompok):
    return [one["role"] for one in kelompok.budi.gets(f"{kelompok.path}/officers")["results"]]


# Appointing


def test_a_new_officer_gets_a_first_password_that_is_shown_once(kelompok):
    made = appoints(kelompok, "yuni", "secretary")

    assert (made.status, made["role"], made["username"]) == (201, "secretary", "a.yuni")
    assert (made["member_id"], made["own_password"], made["pin"]) == (str(kelompok.members["yuni"]), False, "none")
    assert len(made["one_time_password"]) == 14
    seen = {one["id"]: one for one in kelompok.budi.gets(f"{kelompok.path}/officers")["results"]}
    assert seen[made["id"]] == made.body | {"one_time_password": None}


def test_with_it_she_may_only_set_her_own(kelompok):
    first = appoints(kelompok, "yuni", "secretary")["one_time_password"]
    entered = logs_in("a.yuni", first)
    phone = Phone(entered["token"])

    assert (entered.status, entered["password_change_required"]) == (201, True)
    assert phone.gets("me").code == "password_change_required"
    assert phone.gets(f"{kelompok.path}/members").code == "password_change_required"
    assert logs_in("a.yuni", first).status == 401  # it was good for one login
    assert phone.posts("auth/password", {"old": first, "new": PASSWORD}).status == 204
    [seat] = phone.gets("me")["seats"]
    assert (seat["roles"], seat["member_id"]) == (["secretary"], str(kelompok.members["yuni"]))


def test_who_has_a_login_keeps_it(kelompok):
    made = appoints(kelompok, "dewi", "secretary")

    assert (made.status, made["one_time_password"], made["own_password"]) == (201, None, True)
    assert kelompok.phones["dewi"].gets(f"{kelompok.path}/members").status == 200
    assert kelompok.phones["dewi"].gets("me")["seats"][0]["roles"] == ["secretary"]


def test_a_first_password_may_be_given_and_is_a_first_one_all_the_same(kelompok):
    made = appoints(kelompok, "yuni", "secretary", password="sementara-4711")

    assert (made.status, made["one_time_password"], made["own_password"]) == (201, None, False)
    assert logs_in("a.yuni", "sementara-4711")["password_change_required"] is True


@pytest.mark.parametrize("password", ["pendek", "password1", "8472915360", "a.yuni.a.yuni"])
def test_a_weak_first_password_is_refused(kelompok, password):
    refused = appoints(kelompok, "yuni", "secretary", username="a.yuni.a.yuni", password=password)

    assert (refused.status, list(refused.pointers)) == (400, ["/password"])
    assert not User.objects.filter(username="a.yuni.a.yuni").exists()


def test_a_replay_shows_no_password(kelompok):
    key = uuid7()
    made = appoints(kelompok, "yuni", "secretary", key=key)

    again = appoints(kelompok, "yuni", "secretary", key=key)

    assert (again.status, again.body) == (201, made.body | {"one_time_password": None})
    assert again.headers["Idempotency-Replayed"] == "true"
    [answer] = kelompok.asks(
        lambda: list(Command.objects.filter(group_id=kelompok.id).values_list("answer", flat=True))
    )
    assert answer == {"id": made["id"]}


# Powers apart


@pytest.mark.parametrize(
    ("person", "role"),
    [("budi", "chair"), ("budi", "supervisor"), ("sari", "treasurer"), ("wati", "chair"), ("sari", "supervisor")],
)
def test_nobody_holds_two_of_chair_treasurer_supervisor(kelompok, person, role):
    before = seat_of(kelompok, person).roles

    refused = appoints(kelompok, person, role)

    assert (refused.status, refused.code) == (409, "office_held")
    assert seat_of(kelompok, person).roles == before
    assert sorted(roles(kelompok)) == ["chair", "secretary", "supervisor", "treasurer"]


@pytest.mark.parametrize("person", ["budi", "sari", "wati"])
def test_a_secretary_may_be_another_officer_too(kelompok, person):
    made = appoints(kelompok, person, "secretary")

    assert (made.status, made["one_time_password"]) == (201, None)
    assert len(seat_of(kelompok, person).roles) == 2


def test_an_office_is_held_once(kelompok):
    refused = appoints(kelompok, "rina", "secretary")

    assert (refused.status, refused.code, refused["role"]) == (409, "office_held", "secretary")


def test_a_secretary_becomes_treasurer_and_then_no_chair(kelompok):
    assert appoints(kelompok, "rina", "treasurer").status == 201
    assert appoints(kelompok, "rina", "chair").code == "office_held"


# Who, whom, how


def test_a_username_that_is_taken_is_refused(kelompok, neighbours):
    for taken in ("a.sari", "A.Sari", "b.budi"):
        refused = appoints(kelompok, "yuni", "secretary", username=taken)
        assert (refused.status, refused.code) == (409, "username_taken")

    assert sorted(roles(kelompok)) == ["chair", "secretary", "supervisor", "treasurer"]


def test_her_login_keeps_its_name(kelompok):
    refused = appoints(kelompok, "dewi", "secretary", username="a.dewi2")

    assert (refused.status, refused.code) == (409, "username_taken")
    assert seat_of(kelompok, "dewi").roles == []


@pytest.mark.parametrize("person", ["rina", "wati", "dewi"])
def test_only_chair_and_treasurer_appoint(kelompok, person):
    assert appoints(kelompok, "yuni", "secretary", by=person).status == 403
    assert ends(kelompok, "sari", by=person).status == 403


def test_who_left_or_is_elsewhere_gets_no_office(kelompok, neighbours):
    path = f"{kelompok.path}/members/{kelompok.members['yuni']}/leave"
    kelompok.budi.pays(path, {"left_on": "2026-03-31", "second": kelompok.second()})
    left = appoints(kelompok, "yuni", "secretary")
    kelompok.members["tetangga"] = neighbours.members["yuni"]

    assert (left.status, left.code) == (409, "member_left")
    assert appoints(kelompok, "tetangga", "secretary").status == 404


@pytest.mark.parametrize(
    ("wrong", "pointer", "code"),
    [
        ({"role": "ketua"}, "/role", "invalid"),
        ({"role": ["chair"]}, "/role", "invalid"),
        ({"username": "a b"}, "/username", "invalid"),
        ({"username": "y"}, "/username", "invalid"),
        ({"username": "<script>"}, "/username", "invalid"),
        ({"member_id": "6"}, "/member_id", "invalid"),
        ({"member_id": None}, "/member_id", "required"),
        ({"pin": "724913"}, "/pin", "unknown_field"),
    ],
)
def test_a_malformed_appointment_is_named(kelompok, wrong, pointer, code):
    body = {"member_id": str(kelompok.members["yuni"]), "role": "secretary", "username": "a.yuni"}

    refused = kelompok.budi.posts(f"{kelompok.path}/officers", body | wrong)

    assert (refused.status, refused.pointers) == (400, {pointer: code})


def test_an_officer_of_another_group_is_not_there(kelompok, neighbours):
    assert neighbours.budi.deletes(f"{kelompok.path}/officers/{kelompok.offices['rina']}").status == 404
    assert neighbours.budi.deletes(f"{neighbours.path}/officers/{kelompok.offices['rina']}").status == 404
    assert neighbours.budi.gets(f"{kelompok.path}/officers").status == 404
    assert kelompok.phones["dewi"].gets(f"{kelompok.path}/officers").status == 403
    assert "secretary" in roles(kelompok)


# Ending


def test_who_ends_an_office_loses_role_and_pin_and_stays_a_member(kelompok):
    rina = kelompok.phones["rina"]

    assert ends(kelompok, "rina").status == 204

    assert seat_of(kelompok, "rina").roles == []
    assert kelompok.asks(lambda: Pin.objects.filter(group_id=kelompok.id, user=rina.user).count()) == 0
    assert sorted(roles(kelompok)) == ["chair", "supervisor", "treasurer"]
    assert rina.gets(f"{kelompok.path}/officers").status == 403
    assert [one["name"] for one in rina.gets(f"{kelompok.path}/members")["results"]] == ["Rina"]
    ended = kelompok.asks(lambda: Officer.objects.get(group_id=kelompok.id, id=kelompok.offices["rina"]))
    assert ended.ended_at is not None
    assert ends(kelompok, "rina").status == 404


def test_who_is_no_member_loses_her_seat(kelompok, operator):
    group_id = operator.posts("groups", {"name": "Mawar"})["id"]
    member = operator.posts(f"groups/{group_id}/members", {"name": "Ratna", "joined_on": "2026-01-02"})["id"]
    body = {"member_id": member, "role": "treasurer", "username": "ratna"}
    assert operator.posts(f"groups/{group_id}/officers", body).status == 201
    [mine, _] = operator.gets(f"groups/{group_id}/officers")["results"]

    assert (mine["member_id"], operator.deletes(f"groups/{group_id}/officers/{mine['id']}").status) == (None, 204)

    assert operator.gets("me")["seats"] == []


def test_with_an_office_left_she_keeps_pin_and_the_rest(kelompok):
    appoints(kelompok, "sari", "secretary")

    assert ends(kelompok, "sari").status == 204

    assert seat_of(kelompok, "sari").roles == ["secretary"]
    user = kelompok.phones["sari"].user
    assert kelompok.asks(lambda: Pin.objects.filter(group_id=kelompok.id, user=user).count()) == 1


def test_the_last_treasurer_stays(kelompok):
    refused = ends(kelompok, "budi", by="sari")

    assert (refused.status, refused.code) == (409, "last_treasurer")
    appoints(kelompok, "yuni", "treasurer")
    assert ends(kelompok, "budi", by="sari").status == 204
    assert ends(kelompok, "budi", by="sari").status == 404
    assert kelompok.budi.patches(kelompok.path, {"name": "Kami"}).status == 403


def test_an_office_may_be_held_again(kelompok):
    ends(kelompok, "rina")

    again = appoints(kelompok, "rina", "secretary")

    assert (again.status, again["pin"], again["one_time_password"]) == (201, "none", None)
    assert again["id"] != str(kelompok.offices["rina"])


# Logins of members


def test_a_member_gets_a_login_whose_password_is_shown_once(kelompok):
    key = uuid7()
    made = resets(kelompok, "yuni", key=key)

    again = resets(kelompok, "yuni", key=key)

    assert (made.status, made["username"], len(made["one_time_password"])) == (201, "a.yuni", 14)
    assert (again.status, again.body) == (201, made.body | {"one_time_password": None})
    assert logs_in("a.yuni", made["one_time_password"]).status == 201
    answers = kelompok.asks(lambda: list(Command.objects.filter(group_id=kelompok.id).values_list("answer", flat=True)))
    assert answers == [{"user_id": made["user_id"]}]
    assert made["one_time_password"] not in json.dumps(answers)


def test_a_plain_members_login_can_be_reset_and_her_devices_are_signed_out(kelompok):
    dewi, other = kelompok.phones["dewi"], signs_in(kelompok.phones["dewi"].user)

    reset = resets(kelompok, "dewi", by="rina")

    assert (reset.status, reset["username"], reset["user_id"]) == (201, "a.dewi", str(dewi.user.id))
    assert [phone.gets("me").status for phone in (dewi, other)] == [401, 401]
    assert logs_in("a.dewi", PASSWORD).status == 401
    assert logs_in("a.dewi", reset["one_time_password"])["password_change_required"] is True


@pytest.mark.parametrize("person", ["sari", "rina", "wati", "budi"])
def test_an_officers_login_is_not_reset_by_another_officer(kelompok, person):
    refused = resets(kelompok, person, by="sari" if person == "budi" else "budi")

    assert (refused.status, refused.code) == (403, "not_allowed")
    assert kelompok.phones[person].gets("me").status == 200
    assert logs_in(f"a.{person}", PASSWORD).status == 201


def test_nor_that_of_an_officer_elsewhere(kelompok, neighbours):
    dewi = kelompok.phones["dewi"]
    Seat.objects.create(user=dewi.user, group=neighbours.group, roles=["secretary"])

    refused = resets(kelompok, "dewi")

    assert (refused.status, refused.code, dewi.gets("me").status) == (403, "not_allowed", 200)


def test_a_login_has_one_name(kelompok):
    assert resets(kelompok, "dewi", username="a.lain").code == "username_taken"
    assert resets(kelompok, "yuni", username="A.DEWI").code == "username_taken"
    assert resets(kelompok, "yuni", username="Yuni.K")["username"] == "yuni.k"


@pytest.mark.parametrize("person", ["wati", "dewi"])
def test_logins_are_the_boards_to_give(kelompok, person):
    assert resets(kelompok, "yuni", by=person).status == 403


# Who one is


def test_me_tells_where_one_sits(kelompok, neighbours, operator):
    Seat.objects.create(user=kelompok.phones["sari"].user, group=neighbours.group, roles=["secretary"])
    appoints(kelompok, "sari", "secretary")

    sari, dewi = kelompok.phones["sari"].gets("me"), kelompok.phones["dewi"].gets("me")

    assert (sari["user_id"], sari["username"], sari["operator"]) == (
        str(kelompok.phones["sari"].user.id),
        "a.sari",
        False,
    )
    assert [(one["group_name"], one["roles"], one["member_id"]) for one in sari["seats"]] == [
        ("JARBANGSRI", ["chair", "secretary"], str(kelompok.members["sari"])),
        ("Tetangga", ["secretary"], None),
    ]
    [seat] = dewi["seats"]
    assert seat == {
        "group_id": str(kelompok.id),
        "group_name": "JARBANGSRI",
        "demo": False,
        "roles": [],
        "member_id": str(kelompok.members["dewi"]),
        "lender_id": None,
    }
    assert (operator.gets("me")["operator"], operator.gets("me")["seats"]) == (True, [])
