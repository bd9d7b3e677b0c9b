"""The demonstration group: fifteen women, their offices and businesses, and three months of their books: what they
save, a grant and a lender's money, loans for raw material in every state, a late payer, what two members asked about
their lines, and the papers of the last month.

Everything is made through the services that people's requests go through; made once, then left alone. Whoever starts
Lumbung signs in with what stands in `demo-logins.json`: random for each installation, readable by its owner alone.
"""

import json
import os
import secrets
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from capital import queries as lenders
from capital import services as capital
from ledger import queries as books
from ledger import services as ledger
from ledger.commands import Answer, fingerprint, key_for, perform
from ledger.context import COMMAND, in_book, outside_books
from ledger.money import JournalLine
from loans import applications, night, terms
from loans import queries as loans
from loans import services as lending
from members import consents, disputes, lends, logins, queries, second, services
from members.models import Group, Member, Officer, Seat, User
from members.phone import normalised
from reports import issuing
from savings import queries as saved
from savings import services as savings

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
    Villager("Sulastri", None, "makanan", "Tempe daun", ["kedelai"], "0812-0000-0107", 1),
    Villager("Sri Hartini", None, "makanan", "Keripik tempe", ["kedelai", "minyak goreng"], "0812-0000-0108", 2),
    Villager("Rohani", None, "makanan", "Keripik pisang", ["pisang", "minyak goreng"], "0812-0000-0109", 1),
    Villager("Nurhayati", None, "batik", "Batik cap", ["kain mori", "malam"], "0812-0000-0110", 2),
    Villager("Tumini", None, "makanan", "Rengginang", ["beras ketan"], None, 1),
    Villager("Wagiyem", None, "mebel", "Rak bambu", ["bambu"], None, 2),
    Villager("Endang Susilowati", None, "makanan", "Abon lele", ["lele", "bumbu"], "0812-0000-0113", 3),
    Villager("Kartini", None, "kerajinan", "Tas daur ulang", ["plastik kemasan"], "0812-0000-0114", 1),
    Villager("Suparti", None, "makanan", "Jamu gendong", ["kunyit", "jahe", "gula jawa"], None, 1),
)
USERNAMES = {
    "treasurer": "demo.bendahara",
    CHAIR: "demo.ketua",
    "secretary": "demo.sekretaris",
    "member": "demo.anggota",
    "lender": "demo.pendana",
    "operator": "demo.pengelola",
}

# (months ago, day, memo, account debited, account credited, rupiah)
STORY = [
    (3, 5, "Membuka rekening bank kelompok", "1-1110", "1-1010", 3_000_000),
    (3, 12, "Konsumsi rapat bulanan", "5-2030", "1-1010", 85_000),
    (2, 5, "Iuran dan uang buku anggota", "1-1010", "4-1040", 240_000),
    (2, 9, "Kedelai 50 kg untuk keripik tempe", "1-1410", "1-1010", 625_000),
    (2, 28, "Bunga bank", "1-1110", "4-2010", 4_250),
    (1, 5, "ATK dan cetak buku anggota", "5-2020", "1-1010", 57_500),
    (1, 9, "Margin penjualan bahan baku", "1-1010", "4-1050", 92_500),
]
GRANT = (3, 5, "Desa Blumbangrejo", 5_000_000)
"""What the village gave on the first day: (months ago, day, giver, rupiah)."""
PROMISED = 4_000_000
DRAWN = (3, 8, 3_000_000)
LENT_ON = {"Ngatini": 500_000, "Sri Hartini": 450_000}
"""What the UPK promised for twelve months at one per cent, flat; what was drawn of it (months ago, day, rupiah), and
whose loans it became. It is paid on the day."""
MISTAKE = (1, 12, "Konsumsi rapat bulanan, salah catat", "5-2030", "1-1010", 850_000)


class Borrowed(NamedTuple):
    """A loan of the demonstration: `ago` months it was paid out (None: it waits for votes), and what was paid since."""

    name: str
    rupiah: int
    ago: int | None
    terms: dict[str, Any]
    paid: tuple[int, ...]
    purpose: str
    purchases: tuple[applications.Bought, ...]


BORROWED = (
    Borrowed(
        "Ngatini",
        500_000,
        3,
        {},
        (107_500, 107_500, 107_500),
        "Bambu dan rotan untuk kursi",
        (
            applications.Bought("Bambu", Decimal(40), "batang", 8_000, "Pak Darmo"),
            applications.Bought("Rotan", Decimal(12), "kg", 15_000, "Pak Darmo"),
        ),
    ),
    Borrowed(
        "Partini",
        400_000,
        3,
        {},
        (86_000,),
        "Nira kelapa untuk gula semut",
        (applications.Bought("Nira kelapa", Decimal(200), "liter", 2_000, None),),
    ),
    Borrowed(
        "Dwi Astuti",
        600_000,
        None,
        {"method": "equal_principal", "installments": 6},
        (),
        "Daun pandan untuk anyaman",
        (applications.Bought("Daun pandan", Decimal("37.5"), "kg", 16_000, "Bu Marni"),),
    ),
    Borrowed(
        "Sulastri",
        300_000,
        3,
        {"installments": 2},
        (154_500, 154_500),
        "Kedelai untuk tempe daun",
        (applications.Bought("Kedelai", Decimal(24), "kg", 12_500, "Toko Makmur"),),
    ),
    Borrowed(
        "Sri Hartini",
        450_000,
        1,
        {},
        (96_750,),
        "Kedelai dan minyak untuk keripik tempe",
        (
            applications.Bought("Kedelai", Decimal(25), "kg", 13_200, "Toko Makmur"),
            applications.Bought("Minyak goreng", Decimal(6), "liter", 18_500, "Toko Makmur"),
        ),
    ),
)
"""Ngatini pays on the day; Partini paid once and is late; Dwi Astuti's request waits for its votes; Sulastri has paid
hers back; Sri Hartini has just begun. Soybeans have two prices."""

ASKED = (
    ("Bulan lalu saya setor sukarela juga, apakah sudah masuk?", "Sudah, Rp35.000; tertulis di buku Ibu.", 2),
    ("Setoran wajib saya bulan lalu Rp25.000, di sini Rp20.000.", None, 1),
)
"""What Ngatini asked about a deposit so many months ago, and what the chair answered."""

Logins = dict[str, dict[str, str]]


def fill(today: date) -> Logins:
    """Make the group and its books; gives the logins."""
    found: Logins = {}
    treasurer = outside_books(None, lambda: _user("treasurer", found))
    outside_books(None, lambda: _user("operator", found, operator=True))
    group = in_book(GROUP_ID, treasurer.id, lambda: _people(treasurer, today, found), limits=COMMAND)
    _books(group, treasurer, today)
    in_book(GROUP_ID, treasurer.id, lambda: _let_in(group, today, found), limits=COMMAND)
    in_book(GROUP_ID, treasurer.id, lambda: _papers(group, treasurer, today), limits=COMMAND)
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
    services.change_group(group, {"meets_from": joined_on + timedelta(days=4)})
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
    """Three months: a grant, a bank account, soybeans, and a mistake that was taken back. What one person brings or
    gets at once is one command, as its receipt is of that and of nothing else."""

    def act(name: str, body: Callable[[], Answer]) -> None:
        perform(
            group_id=group.id,
            key=key_for("demo", group.id, name),
            actor_id=treasurer.id,
            fingerprint=fingerprint("DEMO", name, treasurer.id, None),
            act=body,
            limits=COMMAND,
        )

    act("grant", lambda: _grant(today))
    for number, line in enumerate(STORY):
        act(f"line {number}", partial(_journal, line, today))
    act("mistake", lambda: _journal(MISTAKE, today))
    act("correction", _take_back_the_latest)
    offices, rows = in_book(group.id, treasurer.id, _officers_and_members)
    act("products", lambda: _products(today))
    for ago in (3, 2, 1):
        for place, row in enumerate(rows):
            act(f"savings {ago} of {place}", partial(_save, row, place, ago, today))
    for number, borrowed in enumerate(BORROWED):
        row = next(one for one in rows if one.person.name == borrowed.name)
        act(f"loan {number}", partial(_lend, group, borrowed, row, offices, today))
        for nth, (rupiah, on) in enumerate(_repayments(borrowed, today), start=1):
            act(f"loan {number} repayment {nth}", partial(_repay, group, row, rupiah, on))
    act("facility", lambda: _promise(group, today))
    act("drawdown", lambda: _draw(today))
    for ago in range(DRAWN[0] - 1, -1, -1):
        if _day(ago, DRAWN[1], today) <= today:
            act(f"payment {ago}", partial(_pay_back, ago, today))
    act("funding", _lend_on)
    for number, (text, answer, ago) in enumerate(ASKED):
        act(f"asked {number}", partial(_ask, text, answer, ago, today))
    chair, month = offices[CHAIR].user_id, months_ago(today, 3)
    in_book(group.id, treasurer.id, lambda: ledger.close_month(group.id, month=month, second=chair), limits=COMMAND)
    night.run_day(group.id, today - timedelta(days=1), limits=COMMAND)


def _products(today: date) -> Answer:
    """What everybody saves, and the product the loans are of: late after three days, Rp1.000 a day, 10 % at most."""
    for code, amount in (("pokok", 50_000), ("wajib", 20_000)):
        product = saved.product(GROUP_ID, code)
        assert product is not None
        savings.change_product(product, today=today, changes={"amount": amount}, from_on=months_ago(today, 3))
    applications.open_product(
        GROUP_ID,
        code="bahan-baku",
        name="Pinjaman bahan baku",
        offered={"rate": {"percent": "1.5", "per": "month"}, "method": "flat", "installments": 5},
        penalty={"per": "day", "amount": 1_000, "grace_days": 3, "cap_percent": "10"},
        flat_rebate="unearned",
        limits={"savings_multiple": "15", "max_principal": 1_500_000},
    )
    return Answer(201, {})


def _officers_and_members() -> tuple[dict[str, Officer], list[Member]]:
    """The officers by their office, and every member."""
    return {one.role: one for one in queries.officers(GROUP_ID)}, list(queries.members(GROUP_ID))


def _save(member: Member, place: int, ago: int, today: date) -> Answer:
    """What she hands over at a meeting: pokok once, wajib always, and every second one what she has left over."""
    on = months_ago(today, ago) + timedelta(days=4)
    brought = {"wajib": 20_000} | ({"pokok": 50_000} if ago == 3 else {}) | ({"sukarela": 35_000} if place % 2 else {})
    for product, amount in brought.items():
        savings.deposit(GROUP_ID, member_id=member.id, product=product, amount=amount, effective_on=on)
    return Answer(201, {})


def _lend(group: Group, borrowed: Borrowed, member: Member, offices: dict[str, Officer], today: date) -> Answer:
    """A request with what it buys; voted on by two and paid out."""
    row = queries.row(member)
    product = loans.products(GROUP_ID).get(code="bahan-baku")
    asked = product.terms | borrowed.terms | {"principal": borrowed.rupiah, "disbursed_on": today.isoformat()}
    loan = applications.submit_loan(
        group,
        row,
        asked=terms.from_json(asked),
        today=today,
        purpose=borrowed.purpose,
        product=product,
        purchases=borrowed.purchases,
    )
    if borrowed.ago is None:
        return Answer(201, {})
    for role in (CHAIR, "secretary"):
        applications.vote(
            group,
            loan,
            seat_user=offices[role].user_id,
            officer_id=offices[role].id,
            member_id=offices[role].member_id,
            decision="approve",
            note=None,
            today=today,
        )
    month = months_ago(today, borrowed.ago)
    posted = lending.disburse_loan(group, loan, row, disbursed_on=month + timedelta(days=11), today=today)
    return Answer(201, {"entry_id": str(posted.id), "seq": posted.seq})


def _repayments(borrowed: Borrowed, today: date) -> Iterator[tuple[int, date]]:
    """How much of it was paid back on which days, as far as the story goes."""
    for number, rupiah in enumerate(borrowed.paid, start=1):
        assert borrowed.ago is not None, "nothing is paid back of what was not paid out"
        on = months_ago(today, borrowed.ago - number) + timedelta(days=11)
        if on <= today:
            yield rupiah, on


def _repay(group: Group, member: Member, rupiah: int, on: date) -> Answer:
    """What she brings for her loan on that day."""
    taken = lending.post_repayment(group, loans.loans(GROUP_ID).get(member_id=member.id), amount=rupiah, paid_on=on)
    return Answer(201, {"id": str(taken.repayment.id), "entry_id": str(taken.repayment.entry_id)})


def _grant(today: date) -> Answer:
    ago, day, giver, rupiah = GRANT
    on = _day(ago, day, today)
    made = capital.receive_grant(GROUP_ID, kind="grant", giver=giver, amount=rupiah, received_on=on)
    return Answer(201, {"id": str(made.id), "entry_id": str(made.entry_id)})


def _promise(group: Group, today: date) -> Answer:
    """The UPK's facility, as it was agreed."""
    upk = capital.add_lender(GROUP_ID, name="UPK Kunduran", kind="upk", contact_email="upk@kunduran.example")
    ago, day, _ = DRAWN
    agreed = {"rate": {"percent": "1", "per": "month"}, "method": "flat", "installments": 12, "principal": PROMISED}
    terms_of_it = terms.from_json(agreed | {"disbursed_on": _day(ago, day, today).isoformat()})
    made = capital.open_facility(group, upk, limit=PROMISED, agreed=terms_of_it)
    return Answer(201, {"id": str(made.id)})


def _let_in(group: Group, today: date, found: Logins) -> None:
    """What the UPK may see for half a year, by treasurer and chair, and who signs in for it."""
    [upk] = lenders.lenders(GROUP_ID)
    offices = {one.role: one.user_id for one in queries.officers(GROUP_ID)}
    consents.give(
        GROUP_ID,
        lender_id=upk.id,
        scopes=["totals", "loans", "members.pseudonym"],
        from_on=today,
        to_on=today + timedelta(days=183),
        today=today,
        officers=(offices["treasurer"], offices[CHAIR]),
    )
    user, _ = lends.open_login(group, upk.id, username=USERNAMES["lender"])
    _own_password(user, "lender", found)


def _papers(group: Group, treasurer: User, today: date) -> None:
    """What workers are asked to print: last month's statements of the group and to the UPK, and what Ngatini has
    today."""
    month, so_far = (months_ago(today, 1), months_ago(today, 0) - timedelta(days=1)), (None, today)
    [upk] = lenders.lenders(GROUP_ID)
    hers = Seat.objects.get(group_id=GROUP_ID, user__username=USERNAMES["member"]).member_id
    wanted: tuple[tuple[str, UUID | None, tuple[date | None, date]], ...] = (
        ("group", None, month),
        ("lender", upk.id, month),
        ("member", hers, so_far),
    )
    for kind, subject_id, (since, until) in wanted:
        issuing.ask_for(
            group, kind=kind, subject_id=subject_id, since=since, until=until, today=today, user_id=treasurer.id
        )


def _draw(today: date) -> Answer:
    ago, day, rupiah = DRAWN
    made = capital.draw(lenders.facilities(GROUP_ID).get(), amount=rupiah, drawn_on=_day(ago, day, today))
    return Answer(201, {"id": str(made.id), "entry_id": str(made.entry_id)})


def _pay_back(ago: int, today: date) -> Answer:
    """What falls due of the facility on that day."""
    facility, on = lenders.facilities(GROUP_ID).get(), _day(ago, DRAWN[1], today)
    [standing] = lenders.standings(GROUP_ID, [facility], on=on)
    paid = capital.pay(facility, amount=standing.due_now, paid_on=on)
    return Answer(201, {"id": str(paid.payment.id), "entry_id": str(paid.payment.entry_id)})


def _lend_on() -> Answer:
    """Whose loans are the UPK's money."""
    facility = lenders.facilities(GROUP_ID).get()
    for loan in loans.loans(GROUP_ID, status="active").select_related("member__person"):
        if loan.member.person.name in LENT_ON:
            capital.fund_loan(facility, loan, amount=LENT_ON[loan.member.person.name])
    return Answer(201, {"id": str(facility.id)})


def _day(ago: int, day: int, today: date) -> date:
    """A day of the month so many months ago."""
    return months_ago(today, ago) + timedelta(days=day - 1)


def _ask(text: str, answer: str | None, ago: int, today: date) -> Answer:
    """The member with a login doubts her own deposit of that month; the chair answers, or has not yet."""
    seats = {
        role: seat for seat in Seat.objects.select_related("user").filter(group_id=GROUP_ID) for role in seat.roles
    }
    hers = Seat.objects.get(group_id=GROUP_ID, user__username=USERNAMES["member"])
    month = months_ago(today, ago)
    made = saved.movements(GROUP_ID, member_id=hers.member_id).filter(effective_on__gte=month).first()
    assert made is not None
    asked = disputes.raise_dispute(hers, text=text, entry_id=made.entry_id)
    if answer is not None:
        disputes.answer_dispute(seats[CHAIR], asked.id, decision="explained", answer=answer)
    return Answer(201, {"id": str(asked.id)})


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
