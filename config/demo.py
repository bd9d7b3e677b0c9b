"""The demonstration group: six women, their offices and businesses, and three months of their books.

Everything is made through the services that people's requests go through; made once, then left alone. Whoever starts
Lumbung signs in with what stands in `demo-logins.json`: random for each installation, readable by its owner alone.
"""

import json
import os
import secrets
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from ledger import queries as books
from ledger import services as ledger
from ledger.commands import Answer, fingerprint, key_for, perform
from ledger.context import COMMAND, in_book, outside_books
from ledger.money import JournalLine
from members import logins, queries, second, services
from members.models import Group, Seat, User
from members.phone import normalised

GROUP_ID = key_for("demo group")
CHAIR = "chair"


class Villager(NamedTuple):
    """A member of the demonstration group; `login` is the role her login is filed under."""

    name: str
    login: str | None
    kind: str
    product: str
    raw_materials: list[str]
    phone: str | None
    workers: int


PEOPLE = (
    Villager("Sri Wahyuni", "treasurer", "makanan", "Keripik tempe", ["kedelai", "minyak goreng"], "0812-0000-0101", 2),
    Villager("Siti Aminah", CHAIR, "batik", "Batik tulis", ["kain mori", "malam", "pewarna"], "0812-0000-0102", 3),
    Villager("Lestari", "secretary", "makanan", "Emping jagung", ["jagung"], None, 1),
    Villager("Ngatini", "member", "mebel", "Kursi bambu", ["bambu", "rotan"], "0812-0000-0104", 2),
    Villager("Partini", None, "makanan", "Gula semut", ["nira kelapa"], None, 1),
    Villager("Dwi Astuti", None, "kerajinan", "Anyaman pandan", ["daun pandan"], "0812-0000-0106", 4),
)
USERNAMES = {
    "treasurer": "demo.bendahara",
    CHAIR: "demo.ketua",
    "secretary": "demo.sekretaris",
    "member": "demo.anggota",
    "operator": "demo.pengelola",
}

# (months ago, day, memo, account debited, account credited, rupiah)
STORY = [
    (3, 5, "Hibah awal dari desa", "1-1010", "3-1030", 5_000_000),
    (3, 5, "Membuka rekening bank kelompok", "1-1110", "1-1010", 3_000_000),
    (3, 12, "Konsumsi rapat bulanan", "5-2030", "1-1010", 85_000),
    (2, 5, "Iuran dan uang buku anggota", "1-1010", "4-1040", 240_000),
    (2, 9, "Kedelai 50 kg untuk keripik tempe", "1-1410", "1-1010", 625_000),
    (2, 28, "Bunga bank", "1-1110", "4-2010", 4_250),
    (1, 5, "ATK dan cetak buku anggota", "5-2020", "1-1010", 57_500),
    (1, 9, "Margin penjualan bahan baku", "1-1010", "4-1050", 92_500),
]
MISTAKE = (1, 12, "Konsumsi rapat bulanan, salah catat", "5-2030", "1-1010", 850_000)

Logins = dict[str, dict[str, str]]


def fill(today: date) -> Logins:
    """Make the group and its books; gives the logins."""
    found: Logins = {}
    treasurer = outside_books(None, lambda: _user("treasurer", found))
    outside_books(None, lambda: _user("operator", found, operator=True))
    group = in_book(GROUP_ID, treasurer.id, lambda: _people(treasurer, today, found), limits=COMMAND)
    _books(group, treasurer, today)
    return found


def is_there() -> bool:
    """Whether the demonstration group was made before."""
    return Group.objects.filter(id=GROUP_ID).exists()


def renew() -> Logins:
    """New passwords and PINs for the demonstration's people, when the file with the old ones is gone."""
    found: Logins = {}
    for role, username in USERNAMES.items():
        user = User.objects.filter(username=username).first()
        if user is not None:
            outside_books(user.id, partial(_own_password, user, role, found))
    for seat in Seat.objects.select_related("user").filter(group_id=GROUP_ID).exclude(roles=[]):
        in_book(GROUP_ID, seat.user_id, partial(_pin, seat.user_id, seat.roles[0], found))
    return found


def logins_file() -> Path:
    """Where the logins are kept: in the data folder."""
    return Path(os.environ.get("LUMBUNG_DATA", "var")) / "demo-logins.json"


def write(found: Logins, file: Path) -> None:
    """Keep the logins in a file that only its owner reads."""
    part = file.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as out:
        json.dump({role: found[role] for role in USERNAMES if role in found}, out, indent=2)
    part.replace(file)


def _user(role: str, found: Logins, *, operator: bool = False) -> User:
    user, _ = logins.open_user(USERNAMES[role], operator=operator, opens_groups=role == "treasurer")
    _own_password(user, role, found)
    return user


def _own_password(user: User, role: str, found: Logins) -> None:
    password = logins.first_password()
    logins.set_own_password(user, old=logins.give_first_password(user), new=password)
    found[role] = {"username": user.username, "password": password}


def _pin(user_id: UUID, role: str, found: Logins) -> None:
    chosen = f"{secrets.randbelow(900_000) + 100_000}"
    second.set_pin(GROUP_ID, user_id, chosen)
    found[role]["pin"] = chosen


def _people(treasurer: User, today: date, found: Logins) -> Group:
    """The group, its members, its officers and a member's login."""
    joined_on = months_ago(today, 3)
    group = services.open_group(
        group_id=GROUP_ID,
        creator=treasurer,
        today=joined_on,
        name="DEMO JARBANGSRI",
        village="Blumbangrejo",
        district="Kunduran",
        regency="Blora",
        creator_name=PEOPLE[0].name,
        demo=True,
    )
    rows = {PEOPLE[0].name: queries.members(GROUP_ID).get()}
    for person in PEOPLE[1:]:
        member_id = services.add_member(GROUP_ID, today=today, name=person.name, joined_on=joined_on)
        rows[person.name] = queries.members(GROUP_ID, only=member_id).get()
    for person in PEOPLE:
        row = queries.row(rows[person.name])
        services.change_member(row, today=today, changes=_personal(person))
        if person.login in (CHAIR, "secretary"):
            office, _ = services.appoint_officer(group, row, role=person.login, username=USERNAMES[person.login])
            _own_password(office.user, person.login, found)
        elif person.login == "member":
            user, _ = services.open_login(group, row, username=USERNAMES["member"])
            _own_password(user, "member", found)
    for office in queries.officers(GROUP_ID):
        _pin(office.user_id, office.role, found)
    return group


def _personal(person: Villager) -> dict[str, Any]:
    return {
        "phone": normalised(person.phone) if person.phone else None,
        "business_kind": person.kind,
        "business_product": person.product,
        "raw_materials": person.raw_materials,
        "workers": person.workers,
    }


def _books(group: Group, treasurer: User, today: date) -> None:
    """Three months: a grant, a bank account, soybeans, and a mistake that was taken back."""

    def act(name: str, body: Callable[[], Answer]) -> None:
        perform(
            group_id=group.id,
            key=key_for("demo", group.id, name),
            actor_id=treasurer.id,
            fingerprint=fingerprint("DEMO", name, treasurer.id, None),
            act=body,
            limits=COMMAND,
        )

    for number, line in enumerate(STORY):
        act(f"line {number}", partial(_journal, line, today))
    act("mistake", lambda: _journal(MISTAKE, today))
    act("correction", _take_back_the_latest)
    chair = next(
        office.user_id
        for office in in_book(group.id, treasurer.id, lambda: queries.officers(group.id))
        if office.role == CHAIR
    )
    month = months_ago(today, 3)
    in_book(group.id, treasurer.id, lambda: ledger.close_month(group.id, month=month, second=chair), limits=COMMAND)


def _journal(line: tuple[int, int, str, str, str, int], today: date) -> Answer:
    ago, day, memo, debited, credited, rupiah = line
    posted = ledger.post_journal(
        GROUP_ID,
        effective_on=months_ago(today, ago) + timedelta(days=day - 1),
        memo=memo,
        postings=[JournalLine(debited, debit=rupiah), JournalLine(credited, credit=rupiah)],
    )
    return Answer(201, {"entry_id": str(posted.id), "seq": posted.seq})


def _take_back_the_latest() -> Answer:
    latest = books.entries(GROUP_ID).last()
    assert latest is not None
    posted = ledger.reverse_entry(GROUP_ID, entry_id=latest.id, reason="Salah nol: seharusnya Rp85.000")
    return Answer(201, {"entry_id": str(posted.id), "seq": posted.seq})


def months_ago(today: date, months: int) -> date:
    """The first day of the month so many months before today's."""
    index = today.year * 12 + today.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)
