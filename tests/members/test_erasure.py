"""Forgetting a person: what was booked stays, what names her goes, from every table."""

import json
import logging
from datetime import date, timedelta

import pytest
from django.db.models.functions import Now

from ledger import proofs
from ledger.ids import uuid7
from ledger.models import Entry, EntryNote, MonthClose
from ledger.tasks import reader
from members.models import PendingAct, Person, Seat, Token, User
from tests.cast import BANK, CASH, GRANT, MEALS
from tests.door import PASSWORD, Kelompok, Phone

NAME, USERNAME, NIK = "Ngatiyem Kusumawardhani", "ngatiyem.kw", "3316056308710004"
PERSONAL = {
    "phone": "081398765432",
    "nik": NIK,
    "born_on": "1971-08-23",
    "address": "Dukuh Sendangsari RT 04",
    "business": {"kind": "batik tulis", "product": "kain sidomukti", "raw_materials": ["malam carnauba"], "workers": 3},
}
WORDS = [
    *("ngatiyem", "kusumawardhani", "81398765432", "8139876", "9876-5432", NIK, NIK[:12]),
    *("1971-08-23", "sendangsari", "batik tulis", "sidomukti", "carnauba"),
]


def joins(kelompok, name=NAME, **personal):
    """Take her in over HTTP, under the cast's name `ngatiyem`."""
    made = kelompok.budi.posts(f"{kelompok.path}/members", {"name": name, "joined_on": "2026-01-02"} | personal)
    assert made.status == 201
    kelompok.members["ngatiyem"] = made["id"]
    return made


def signs_up(kelompok):
    """Give her a login, which she uses; her phone."""
    path = f"{kelompok.path}/members/{kelompok.members['ngatiyem']}/login"
    first = kelompok.budi.posts(path, {"username": USERNAME}, key=uuid7())["one_time_password"]
    entered = Phone().posts("auth/tokens", {"username": USERNAME, "password": first, "label": f"HP {NAME}"})
    phone = Phone(entered["token"], User.objects.get(username=USERNAME))
    assert phone.posts("auth/password", {"old": first, "new": PASSWORD}).status == 204
    return phone


def leaves(kelompok, person="ngatiyem"):
    path = f"{kelompok.path}/members/{kelompok.members[person]}/leave"
    left = kelompok.budi.pays(path, {"left_on": "2026-03-31", "second": kelompok.second()})
    assert left.status == 201


def erases(kelompok, person="ngatiyem", *, by="budi", **more):
    body = {"second": kelompok.second()} | more
    return kelompok.phones[by].posts(f"{kelompok.path}/members/{kelompok.members[person]}/erasure", body)


def notes(kelompok, memo):
    """Book something with a memo; the entry's id."""
    made = kelompok.budi.pays(f"{kelompok.path}/ledger/entries", kelompok.journal(CASH, GRANT, 1_000, memo=memo))
    assert made.status == 201
    return made["id"]


def memo(kelompok, entry_id):
    return kelompok.budi.gets(f"{kelompok.path}/ledger/entries/{entry_id}")["memo"]


def rows(*tables):
    """Every row of these tables, or of all there are, as the role that reads everything."""
    with reader() as connection:
        if not tables:
            found = connection.execute(
                "select format('%I.%I', n.nspname, c.relname) from pg_class c "
                "join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p', 'm') "
                "and n.nspname not in ('pg_catalog', 'information_schema')"
            )
            tables = tuple(table for (table,) in found.fetchall())
        for table in tables:
            cursor = connection.execute(f"select * from {table}")
            names = [column.name for column in cursor.description or ()]
            for row in cursor:
                yield table, dict(zip(names, row, strict=True))


def said(value):
    """A column as people could read it: bytes as text and as hex."""
    if isinstance(value, bytes | memoryview):
        return f"{bytes(value).decode('latin-1')} {bytes(value).hex()}".lower()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str).lower()
    return str(value).lower()


def traces(words=WORDS):
    """Where in the whole database one of these words stands."""
    wanted = [word.lower() for word in words]
    wanted += [word.encode().hex() for word in wanted]
    return {
        (table, column, word)
        for table, row in rows()
        for column, value in row.items()
        for word in wanted
        if value is not None and word in said(value)
    }


def findings():
    with reader() as connection:
        return list(proofs.prove(connection))


@pytest.fixture
def log(caplog):
    """Everything that is logged, whatever its level."""
    caplog.set_level(logging.DEBUG)
    for chatty in ("django.db.backends", "faker", "asyncio"):
        logging.getLogger(chatty).setLevel(logging.INFO)
    return caplog


def logged(log):
    return "\n".join(
        f"{one.getMessage()} {one.args} {one.__dict__}" for one in [*log.get_records("setup"), *log.records]
    ).lower()


def books_of(kelompok):
    """What the chain proves: figures, dates, hashes, the head."""
    return [
        (table, row)
        for table, row in rows("ledger_book", "ledger_account", "ledger_entry", "ledger_posting", "ledger_monthbalance")
        if row["group_id"] == kelompok.id
    ]


# The whole of it


@pytest.fixture
def remembered(scratch, log, capfd):
    """A committed group in which Ngatiyem is known everywhere somebody could have written her down; she has left."""
    kelompok = Kelompok.opened()
    joins(kelompok, **PERSONAL)
    phone = kelompok.phones["ngatiyem"] = signs_up(kelompok)
    for _ in range(3):
        assert Phone().posts("auth/tokens", {"username": USERNAME, "password": "salah-sekali"}).status == 401
    phone.posts("auth/tokens", {"username": USERNAME.upper(), "password": PASSWORD, "label": f"Tablet {NAME}"})
    assert phone.gets(f"{kelompok.path}/members")["results"][0]["name"] == NAME
    entries = f"{kelompok.path}/ledger/entries"
    for text in (
        f"Setoran {NAME}",
        f"titipan {NAME.upper()}, lunas",
        f"akun {USERNAME}",
        "hubungi 0813-9876-5432",
        "hubungi +62 813 9876 5432",
        f"NIK {NIK}",
    ):
        notes(kelompok, text)
    for text in ("sewa tikar", "Bu Sari titip"):
        notes(kelompok, text)
    undone = kelompok.budi.pays(
        f"{kelompok.path}/entries/{notes(kelompok, 'keliru')}/reversal", {"reason": f"milik {NAME}"}
    )
    assert undone.status == 201
    march = f"{kelompok.path}/periods/2026-03"
    for act, reason in (("close", {}), ("reopen", {"reason": f"setoran {NAME} tertinggal"}), ("close", {})):
        assert kelompok.budi.posts(f"{march}/{act}", reason | {"second": kelompok.second()}).status == 200
    assert kelompok.budi.posts(f"{march}/reopen", {"reason": f"{NAME} lupa"}).status == 202
    large = kelompok.journal(BANK, CASH, 2_000, on="2026-04-02", memo=f"untuk  {NAME}")
    kelompok.budi.patches(kelompok.path, {"policy": {"single_officer_limit": 0}})
    late = kelompok.budi.pays(entries, large)
    assert late.status == 202
    kelompok.asks(lambda: PendingAct.objects.filter(id=late["id"]).update(expires_at=Now() - timedelta(days=1)))
    leaves(kelompok)
    return kelompok


def test_she_is_nowhere_and_the_books_are_whole(remembered, log, capfd):
    before = books_of(remembered)
    assert {word for _, _, word in traces()} >= {"ngatiyem", "kusumawardhani", "81398765432", "1971-08-23", "carnauba"}
    assert findings() == []

    erased = erases(remembered)

    assert erased.status == 201
    assert traces() == set()
    assert books_of(remembered) == before
    assert findings() == []
    assert "axes" in logged(log)  # the wrong passwords did not go unsaid
    written = logged(log) + "".join(capfd.readouterr()).lower()
    assert [word for word in WORDS if word.lower() in written] == []
    memos = [entry["memo"] for entry in remembered.budi.gets(f"{remembered.path}/ledger/entries")["results"]]
    assert memos == [None] * 6 + ["sewa tikar", "Bu Sari titip", "keliru", None]


def test_her_number_and_her_days_stay(remembered):
    made = remembered.budi.gets(f"{remembered.path}/members/{remembered.members['ngatiyem']}")

    erased = erases(remembered)

    emptied = ("name", "phone", "nik_last4", "born_on", "address", "business")
    assert erased.body == made.body | dict.fromkeys(emptied) | {"erased_at": erased["erased_at"], "warnings": []}
    assert (erased["number"], erased["status"]) == ("7", "left")
    assert (erased["joined_on"], erased["left_on"]) == ("2026-01-02", "2026-03-31")
    assert erased["erased_at"] is not None
    seen = remembered.budi.gets(f"{remembered.path}/members?status=left")["results"]
    assert seen == [erased.body]
    assert remembered.budi.gets(f"{remembered.path}/members?search=ngatiyem")["results"] == []


def test_her_key_is_destroyed(remembered):
    erases(remembered)

    person = remembered.asks(
        lambda: Person.objects.get(group_id=remembered.id, members__id=remembered.members["ngatiyem"])
    )
    assert (person.data_key, person.nik_sealed, person.nik_index, person.nik_last4) == (None, None, None, None)


def test_her_login_is_gone(remembered):
    user = remembered.phones["ngatiyem"].user
    assert remembered.phones["ngatiyem"].gets("me").status == 200

    erases(remembered)

    assert remembered.phones["ngatiyem"].gets("me").status == 401
    assert Phone().posts("auth/tokens", {"username": USERNAME, "password": PASSWORD}).status == 401
    user.refresh_from_db()
    assert (user.is_active, user.has_usable_password()) == (False, False)
    assert (Token.objects.filter(user=user).count(), Seat.objects.filter(user=user).count()) == (0, 0)


def test_what_waited_in_her_name_waits_no_longer(remembered):
    erases(remembered)

    assert remembered.budi.gets(f"{remembered.path}/pending")["results"] == []
    assert remembered.asks(lambda: PendingAct.objects.filter(group_id=remembered.id, settled_at=None).count()) == 0


def test_that_a_month_was_opened_again_stays(remembered):
    erases(remembered)

    closings = remembered.asks(
        lambda: list(MonthClose.objects.filter(group_id=remembered.id).exclude(reopened_at=None))
    )
    assert [(str(one.month), one.reopened_with, one.reopen_reason) for one in closings] == [
        ("2026-03-01", remembered.phones["sari"].user.id, "-")
    ]


# Who, when, how often


@pytest.fixture
def former(kelompok):
    joins(kelompok, **PERSONAL)
    leaves(kelompok)
    return kelompok


def test_one_officer_alone_forgets_nobody(former):
    path = f"{former.path}/members/{former.members['ngatiyem']}"

    waits = former.budi.posts(f"{path}/erasure", {})

    assert (waits.status, waits.code, former.budi.gets(path)["name"]) == (202, "awaiting_second", NAME)
    assert former.phones["wati"].posts(f"{path}/erasure", {}).status == 201
    assert former.budi.gets(path)["name"] is None


def test_members_forget_nobody(former, neighbours):
    assert erases(former, by="dewi").status == 403
    assert neighbours.budi.posts(f"{former.path}/members/{former.members['ngatiyem']}/erasure", {}).status == 404


def test_who_is_here_is_not_forgotten(kelompok):
    joins(kelompok, **PERSONAL)

    refused = erases(kelompok)

    assert (refused.status, refused.code) == (409, "not_ready")
    assert kelompok.budi.gets(f"{kelompok.path}/members/{kelompok.members['ngatiyem']}")["name"] == NAME


def test_nobody_is_forgotten_twice(former):
    erases(former)

    refused = erases(former)

    assert (refused.status, refused.code, refused["number"]) == (409, "erased", "7")


def test_a_replay_answers_with_what_is_left(former):
    path, key = f"{former.path}/members/{former.members['ngatiyem']}/erasure", uuid7()
    done = former.budi.posts(path, {"second": former.second()}, key=key)

    again = former.budi.posts(path, {}, key=key)

    assert (again.status, again.body, again.headers["Idempotency-Replayed"]) == (201, done.body, "true")


def test_who_was_forgotten_is_not_filled_in_again(former):
    erases(former)
    path = f"{former.path}/members/{former.members['ngatiyem']}"
    office = {"member_id": former.members["ngatiyem"], "role": "secretary", "username": "lain"}

    refused = [
        former.budi.patches(path, {"name": "Lain"}),
        former.budi.posts(f"{path}/rejoin", {"joined_on": "2026-04-01"}),
        former.budi.posts(f"{path}/login", {"username": "lain"}),
        former.budi.posts(f"{former.path}/officers", office),
    ]

    assert [(one.status, one.code) for one in refused] == [(409, "erased")] * 3 + [(409, "member_left")]


def test_a_forgotten_nik_may_come_again(former):
    erases(former)

    assert joins(former, "Sulastri", nik=NIK)["nik_last4"] == "0004"


def test_who_sits_in_another_group_too_keeps_her_login_there(kelompok, neighbours):
    joins(kelompok, **PERSONAL)
    phone = signs_up(kelompok)
    Seat.objects.create(user=phone.user, group=neighbours.group, roles=["secretary"])
    leaves(kelompok)

    assert erases(kelompok).status == 201

    assert [seat["group_name"] for seat in phone.gets("me")["seats"]] == ["Tetangga"]
    assert phone.gets(kelompok.path).status == 404


# What names her


@pytest.mark.parametrize(
    "text",
    [
        NAME,
        NAME.upper(),
        f"Bu {NAME.lower()}.",
        f"({NAME})",
        f"Sari/{NAME}/Dewi",
        USERNAME,
        f"login: {USERNAME.upper()}!",
        "081398765432",
        "0813 9876 5432",
        "0813.9876.5432",
        "(0813) 9876-5432",
        "6281398765432",
        "+62-813-9876-5432",
        f"NIK:{NIK}",
        "331605 630871 0004",
        "3316.0563.0871.0004",
    ],
)
def test_however_she_was_written_down_the_note_goes(kelompok, text):
    joins(kelompok, **PERSONAL)
    signs_up(kelompok)
    entry = notes(kelompok, f"setoran {text} tunai")
    leaves(kelompok)

    erases(kelompok)

    assert memo(kelompok, entry) is None
    note = kelompok.asks(lambda: EntryNote.objects.get(group_id=kelompok.id, entry_id=entry))
    assert (note.text, note.salt) == (None, None)
    assert kelompok.asks(lambda: Entry.objects.get(group_id=kelompok.id, id=entry).note_digest) is not None


@pytest.mark.parametrize(
    "text",
    [
        "Ngatiyem Kusumawardhaningrum",
        "XNgatiyem Kusumawardhani",
        "Ngatiyemi Kusumawardhani",
        f"{USERNAME}2",
        "kuitansi 0813987654321",
        "kuitansi 1081398765432",
        f"kuitansi {NIK}1",
        "sewa tikar",
    ],
)
def test_a_note_about_another_stays(kelompok, text):
    joins(kelompok, **PERSONAL)
    signs_up(kelompok)
    entry = notes(kelompok, text)
    leaves(kelompok)

    erases(kelompok)

    assert memo(kelompok, entry) == text


def test_others_whose_names_contain_hers_keep_theirs(kelompok):
    joins(kelompok, "Sri")
    other = kelompok.budi.posts(f"{kelompok.path}/members", {"name": "Srikandi Asri", "joined_on": "2026-01-02"})
    kept = [notes(kelompok, text) for text in ("setoran Srikandi Asri", "JARBANGSRI", "asri")]
    gone = notes(kelompok, "setoran Sri, tunai")
    leaves(kelompok)

    erases(kelompok)

    assert [memo(kelompok, entry) for entry in kept] == ["setoran Srikandi Asri", "JARBANGSRI", "asri"]
    assert memo(kelompok, gone) is None
    assert kelompok.budi.gets(f"{kelompok.path}/members/{other['id']}")["name"] == "Srikandi Asri"


@pytest.mark.parametrize(
    "name", ["Nur'aini", "A. (Tini)", "Siti [2]", "O\\'Dewi", 'Ani "Ayu"', "C++", "Tuti*", "Ren\u00e9e", "^$|?"]
)
def test_a_name_is_no_pattern(kelompok, name):
    joins(kelompok, name)
    hers, others = notes(kelompok, f"setoran {name} tunai"), notes(kelompok, "setoran lain tunai")
    kelompok.budi.patches(kelompok.path, {"policy": {"single_officer_limit": 0}})
    kelompok.budi.pays(f"{kelompok.path}/ledger/entries", kelompok.journal(MEALS, CASH, 1, memo=f"untuk {name}"))
    leaves(kelompok)

    assert erases(kelompok).status == 201

    assert (memo(kelompok, hers), memo(kelompok, others)) == (None, "setoran lain tunai")
    assert kelompok.budi.gets(f"{kelompok.path}/pending")["results"] == []


def test_another_groups_notes_are_not_looked_into(kelompok, neighbours):
    theirs = notes(neighbours, f"setoran {NAME}")
    joins(kelompok, **PERSONAL)
    leaves(kelompok)

    erases(kelompok)

    assert memo(neighbours, theirs) == f"setoran {NAME}"


def test_a_day_off_that_bears_her_name_loses_it(kelompok):
    joins(kelompok, **PERSONAL)
    for day, name in (("2026-05-02", f"Hajatan {NAME}"), ("2026-05-03", "Sedekah bumi")):
        kelompok.budi.posts(f"{kelompok.path}/holidays", {"day": day, "name": name})
    leaves(kelompok)

    erases(kelompok)

    kept = kelompok.budi.gets(f"{kelompok.path}/holidays")["results"]
    assert [(one["day"], one["name"]) for one in kept] == [("2026-05-02", None), ("2026-05-03", "Sedekah bumi")]


def test_a_device_that_another_officer_called_by_her_name_loses_it(kelompok):
    joins(kelompok, **PERSONAL)
    label = f"HP pinjaman {NAME}"
    made = Phone().posts("auth/tokens", {"username": "a.budi", "password": PASSWORD, "label": label})
    leaves(kelompok)

    erases(kelompok)

    assert Phone(made["token"]).gets("me").status == 200
    assert Token.objects.filter(label__icontains="ngatiyem").count() == 0


def test_a_login_she_tried_under_her_own_name_is_forgotten(scratch):
    kelompok = Kelompok.opened()
    joins(kelompok, **PERSONAL)
    signs_up(kelompok)
    for typed in (NAME, "081398765432"):
        assert Phone().posts("auth/tokens", {"username": typed, "password": PASSWORD}).status == 401
    leaves(kelompok)

    erases(kelompok)

    assert traces() == set()


def test_the_day_she_was_forgotten_is_known(former):
    assert date.fromisoformat(erases(former)["erased_at"][:10]) >= date(2026, 3, 31)
