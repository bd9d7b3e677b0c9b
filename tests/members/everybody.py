"""Everybody who could come to the door of a group, what they hold, and a request of theirs that fits."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from ledger import jobs
from ledger.ids import uuid7
from ledger.models import Job
from members import services
from members.models import (
    Officer,
    Seat,
    Token,
    User,
)
from savings.models import Movement, Product
from tests.cast import CASH, GRANT
from tests.door import PASSWORD, Answer, Kelompok, Phone, signs_in, somebody, undone
from tests.members.lent import Bank
from tests.members.rows import MEANS, Row

NAMES = {"memb": "dewi", "exof": "tuti", "chai": "sari", "trea": "budi", "secr": "rina", "supv": "wati"}


@dataclass
class Village:
    """Two groups of one village, with everybody who could come to the door of the first."""

    ours: Kelompok
    theirs: Kelompok
    people: dict[str, Phone]
    passwords: dict[str, str]
    entry: UUID
    their_entry: UUID
    movements: dict[str, UUID]
    their_movement: UUID
    lent: dict[str, dict[str, UUID]]
    their_lent: dict[str, UUID]
    kept: dict[str, UUID]
    their_kept: dict[str, UUID]
    banks: dict[str, Bank]

    def ids(self, column: str) -> dict[str, Any]:
        """The ids that fit into a path when she asks."""
        person, phone = NAMES.get(column, "budi"), self.people[column]
        token = phone.user and Token.objects.filter(user=phone.user).values_list("id", flat=True).first()
        return {
            "group": self.ours.id,
            "member": self.ours.members[person if column in ("memb", "exof") else "yuni"],
            "officer": self.ours.offices["rina"],
            "entry": self.entry,
            "month": "2026-03",
            "token": token or uuid7(),
            "pending": uuid7(),
            "product": self.product(self.ours),
            "movement": self.movements[person if column in ("memb", "exof") else "yuni"],
            "receipt": self.entry_of(self.ours, self.movements[person if column in ("memb", "exof") else "yuni"]),
            **self.lent[person if column in ("memb", "exof") else "yuni"],
            **self.kept,
        }

    def theirs_by_name(self) -> dict[str, Any]:
        """The neighbours' things, by the names paths give them."""
        return {
            "member": self.theirs.members["dewi"],
            "officer": self.theirs.offices["rina"],
            "entry": self.their_entry,
            "product": self.product(self.theirs),
            "movement": self.their_movement,
            "receipt": self.entry_of(self.theirs, self.their_movement),
            **self.their_lent,
            **self.their_kept,
        }

    def product(self, group: Kelompok) -> UUID:
        """Its voluntary savings."""
        found: UUID = group.asks(lambda: Product.objects.get(group_id=group.id, code="sukarela").id)
        return found

    def entry_of(self, group: Kelompok, movement: UUID) -> UUID:
        """What booked it: her receipt is found by that."""
        found: UUID = group.asks(lambda: Movement.objects.get(group_id=group.id, id=movement).entry_id)
        return found

    def second(self, column: str) -> dict[str, str]:
        return self.ours.second("budi" if column == "chai" else "sari")

    def asks_for_two(self, column: str) -> str:
        """A request of hers that waits; its id."""
        waits = self.people[column].posts(f"{self.ours.path}/periods/2026-03/close", {}, key=uuid7())
        assert waits.status == 202
        return str(waits["id"])


def with_office_ended(group: Kelompok) -> Phone:
    """Tuti, who was secretary."""
    group.joins("tuti")
    group.holds("tuti", "secretary")
    assert group.budi.deletes(f"{group.path}/officers/{group.offices.pop('tuti')}").status == 204
    return group.phones["tuti"]


def with_nothing_left(group: Kelompok) -> Phone:
    """Somebody who was treasurer without being a member; she has no seat any more."""
    user = somebody(f"{group.prefix}.ali")

    def act() -> None:
        Seat.objects.create(user=user, group=group.group, roles=["treasurer"])
        office = Officer.objects.create(group_id=group.id, user=user, role="treasurer")
        services.end_office(group.group, office)

    group.asks(act)
    return signs_in(user)


def with_first_password(group: Kelompok) -> tuple[Phone, str]:
    """Nia, secretary, who has signed in with the password she was given."""
    group.joins("nia")
    row = group.row("nia")
    office, first = group.asks(
        lambda: services.appoint_officer(group.group, row, role="secretary", username=f"{group.prefix}.nia")
    )
    return signs_in(office.user), first


def deactivated(group: Kelompok) -> Phone:
    """Lina, secretary, whose account was shut while she was signed in."""
    group.joins("lina")
    group.holds("lina", "secretary")
    phone = group.phones["lina"]
    assert phone.user is not None
    User.objects.filter(id=phone.user.id).update(is_active=False)
    return phone


def peopled(kelompok: Kelompok, neighbours: Kelompok) -> Village:
    made = kelompok.has(5_000_000)
    theirs = neighbours.has(900_000)
    new, first = with_first_password(kelompok)
    people = {
        "anon": Phone(),
        "off": deactivated(kelompok),
        "new": new,
        "memb": kelompok.phones["dewi"],
        "exof": with_office_ended(kelompok),
        "gone": with_nothing_left(kelompok),
        "chai": kelompok.phones["sari"],
        "trea": kelompok.budi,
        "secr": kelompok.phones["rina"],
        "supv": kelompok.phones["wati"],
        "oper": signs_in(somebody("operator", operator=True)),
        "nmem": neighbours.phones["dewi"],
        "ntre": neighbours.budi,
    }
    banks = lenders_of(kelompok)
    people |= {who: bank.phone for who, bank in banks.items()}
    saved = {person: UUID(saves(kelompok, person)["id"]) for person in ("dewi", "tuti", "yuni")}
    their_movement = UUID(saves(neighbours, "dewi")["id"])
    entries = UUID(made["id"]), UUID(theirs["id"])
    lent = {person: borrows(kelompok, person) | issued(kelompok, person) for person in ("dewi", "tuti", "yuni")}
    theirs_lent = borrows(neighbours, "dewi") | issued(neighbours, "dewi")
    return Village(
        *(kelompok, neighbours, people, {"new": first}, *entries, saved, their_movement),
        *(lent, theirs_lent, keeps(kelompok), keeps(neighbours), banks),
    )


def borrowing(group: Kelompok, person: str) -> dict[str, Any]:
    body = {"member_id": str(group.members[person]), "principal": 120_000, "purpose": "Kedelai", "method": "flat"}
    return body | {"rate": {"percent": "1.5", "per": "month"}, "installments": 3}


def borrows(group: Kelompok, person: str) -> dict[str, UUID]:
    """A loan of hers that was paid out, with a charge on it."""
    asked = group.budi.posts(f"{group.path}/loans", borrowing(group, person))
    path = f"{group.path}/loans/{asked['id']}"
    for officer in ("sari", "rina"):
        assert group.phones[officer].posts(f"{path}/approvals", {"decision": "approve"}).status == 201
    assert group.budi.pays(f"{path}/disbursement", {"disbursed_on": "2026-03-06"}).status == 201
    charge = group.budi.pays(f"{path}/charges", {"kind": "fee", "amount": 500, "due_on": "2026-03-20"})
    return {"loan": UUID(asked["id"]), "charge": UUID(charge["id"])}


def stating(group: Kelompok, person: str) -> dict[str, Any]:
    return {"kind": "member", "subject_id": str(group.members[person]), "to": "2026-03-31"}


def issued(group: Kelompok, person: str) -> dict[str, UUID]:
    """Her statement, made."""
    asked = group.budi.posts(f"{group.path}/statements", stating(group, person))
    jobs.run(Job.objects.get(key=f"statement {asked['id']}").id)
    return {"statement": UUID(asked["id"])}


def keeps(group: Kelompok) -> dict[str, UUID]:
    """A day off, a loan product and a recount of the group's, and what Dewi asked about her deposit."""
    entry = group.asks(lambda: Movement.objects.get(group_id=group.id, member_id=group.members["dewi"]).entry_id)
    doubted = {"text": "Bukan segini", "entry_id": str(entry)}
    bank = Bank.of(group, username=f"{group.prefix}.upk", name="UPK Kunduran")
    made = {
        "dispute": group.phones["dewi"].posts(f"{group.path}/disputes", doubted),
        "holiday": group.budi.posts(f"{group.path}/holidays", {"day": "2026-04-01"}),
        "loan_product": group.budi.posts(f"{group.path}/loan-products", {"code": "bahan", "name": "Bahan baku"}),
        "job": group.budi.posts(f"{group.path}/recounts", {"from_on": "2026-04-01"}),
        **borrowed(group, bank),
    }
    lent = {"lender": bank.id, "user": bank.user.id, "consent": bank.may_see("totals")}
    return {name: UUID(answer["id"]) for name, answer in made.items()} | lent


def borrowed(group: Kelompok, bank: Bank) -> dict[str, Answer]:
    """What a lender promised and what was drawn of that, and a loan it became."""
    facility = group.budi.posts(f"{group.path}/facilities", promising(bank.id))
    path = f"{group.path}/facilities/{facility['id']}"
    drawn = {"amount": 600_000, "drawn_on": "2026-03-06", "second": group.second()}
    assert group.budi.pays(f"{path}/drawdowns", drawn).status == 201
    loan = borrows(group, "yuni")["loan"]
    funding = group.budi.posts(f"{path}/loans", {"loan_id": str(loan), "amount": 50_000})
    return {"facility": facility, "funding": funding}


def promising(lender: Any) -> dict[str, Any]:
    terms = {"rate": {"percent": "1", "per": "month"}, "method": "flat", "installments": 12}
    return {"lender_id": str(lender), "limit": 1_200_000, "disbursed_on": "2026-03-05"} | terms


def saves(group: Kelompok, person: str) -> Answer:
    """She brings Rp20.000 of voluntary savings."""
    return group.budi.pays(f"{group.path}/savings/deposits", saving(group, person, 20_000))


def saving(group: Kelompok, person: str, amount: int) -> dict[str, Any]:
    body = {"product": "sukarela", "amount": amount, "effective_on": "2026-03-05"}
    return {"member_id": str(group.members[person])} | body


# ── a request that fits ─────────────────────────────────────────────────────────────────────────────────────────────

LOAN = "groups/{group}/loans/{loan}"
FACILITY = "groups/{group}/facilities/{facility}"
UPLOAD = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.7\r\n--x--\r\n'
BODIES: dict[str, Callable[[Village, str], Any]] = {
    "POST auth/tokens": lambda v, who: {"username": "a.dewi", "password": PASSWORD},
    "POST auth/password": lambda v, who: {"old": v.passwords.get(who, PASSWORD), "new": "jagung-manis-88"},
    "POST groups": lambda v, who: {"name": "Melati"},
    "PATCH groups/{group}": lambda v, who: {"village": "Cibodas"},
    "POST groups/{group}/members": lambda v, who: {"name": "Ida", "joined_on": "2026-02-02"},
    "PATCH groups/{group}/members/{member}": lambda v, who: {"address": "RT 02"},
    "POST groups/{group}/members/{member}/login": lambda v, who: {"username": "a.yuni"},
    "POST groups/{group}/members/{member}/enrolment": lambda v, who: {},
    "POST groups/{group}/members/{member}/card": lambda v, who: {},
    "POST groups/{group}/members/{member}/leave": lambda v, who: {"left_on": "2026-03-31", "second": v.second(who)},
    "POST groups/{group}/members/{member}/rejoin": lambda v, who: {"joined_on": "2026-03-01"},
    "POST groups/{group}/members/{member}/erasure": lambda v, who: {"second": v.second(who)},
    "POST groups/{group}/consents": lambda v, who: {
        "lender_id": str(v.kept["lender"]),
        "scopes": ["totals", "loans"],
        "from": str(v.banks["lall"].today),
        "to": str(v.banks["lall"].today),
        "second": v.second(who),
    },
    "POST groups/{group}/lenders/{lender}/login": lambda v, who: {"username": "a.petugas"},
    "POST groups/{group}/officers": lambda v, who: {
        "member_id": str(v.ours.members["yuni"]),
        "role": "secretary",
        "username": "a.yuni",
    },
    "POST groups/{group}/officers/{officer}/pin": lambda v, who: {"password": PASSWORD, "pin": "583920"},
    "POST groups/{group}/ledger/entries": lambda v, who: v.ours.journal(CASH, GRANT, 500),
    "POST groups/{group}/ledger/entries/{entry}/reversal": lambda v, who: {"reason": "salah catat"},
    "POST groups/{group}/entries/{entry}/reversal": lambda v, who: {"reason": "salah catat"},
    "POST groups/{group}/periods/{month}/close": lambda v, who: {"second": v.second(who)},
    "POST groups/{group}/periods/{month}/reopen": lambda v, who: {"reason": "lupa", "second": v.second(who)},
    "POST groups/{group}/savings/products": lambda v, who: {
        "code": "haji",
        "name": "Simpanan haji",
        "nature": "liability",
        "withdrawable": "any",
    },
    "PATCH groups/{group}/savings/products/{product}": lambda v, who: {"rate": "3.00"},
    "POST groups/{group}/holidays": lambda v, who: {"day": "2026-05-02", "name": "Sedekah bumi"},
    "POST groups/{group}/loan-products": lambda v, who: {"code": "musiman", "name": "Yarnen"},
    "POST groups/{group}/loan-quotes": lambda v, who: {
        "principal": 500_000,
        "rate": {"percent": "1", "per": "month"},
        "method": "annuity",
        "installments": 5,
        "disbursed_on": "2026-03-06",
    },
    "POST groups/{group}/loans": lambda v, who: borrowing(v.ours, {"memb": "dewi", "exof": "tuti"}.get(who, "yuni")),
    f"POST {LOAN}/approvals": lambda v, who: {"decision": "approve"},
    f"POST {LOAN}/withdrawal": lambda v, who: {"reason": "batal"},
    f"POST {LOAN}/disbursement": lambda v, who: {"disbursed_on": "2026-03-06"},
    f"POST {LOAN}/repayments": lambda v, who: {"amount": 41_800, "paid_on": "2026-04-06"},
    f"POST {LOAN}/charges": lambda v, who: {"kind": "penalty", "amount": 500, "due_on": "2026-04-07"},
    f"POST {LOAN}/charges/{{charge}}/waiver": lambda v, who: {"reason": "banjir", "second": v.second(who)},
    f"POST {LOAN}/reschedules": lambda v, who: {
        "effective_on": "2026-04-06",
        "terms": {"installments": 6},
        "reason": "banjir",
        "second": v.second(who),
    },
    f"POST {LOAN}/write-off": lambda v, who: {
        "effective_on": "2026-04-06",
        "mode": "books",
        "reason": "pindah",
        "second": v.second(who),
    },
    f"POST {LOAN}/recoveries": lambda v, who: {"amount": 500, "paid_on": "2026-04-06"},
    "POST groups/{group}/members/{member}/collections": lambda v, who: {
        "paid_on": "2026-04-06",
        "deposits": [{"product": "sukarela", "amount": 500}],
    },
    "POST groups/{group}/lenders": lambda v, who: {"name": "Bank Jateng", "kind": "bank"},
    "PATCH groups/{group}/lenders/{lender}": lambda v, who: {"contact_email": "upk@kunduran.example"},
    "POST groups/{group}/facilities": lambda v, who: promising(v.kept["lender"]),
    f"POST {FACILITY}/drawdowns": lambda v, who: {
        "amount": 100_000,
        "drawn_on": "2026-03-07",
        "second": v.second(who),
    },
    f"POST {FACILITY}/payments": lambda v, who: {"amount": 50_000, "paid_on": "2026-04-06", "second": v.second(who)},
    f"POST {FACILITY}/loans": lambda v, who: {"loan_id": str(v.lent["dewi"]["loan"]), "amount": 100_000},
    "POST groups/{group}/grants": lambda v, who: {
        "kind": "grant",
        "giver": "Desa",
        "amount": 500,
        "received_on": "2026-03-07",
        "second": v.second(who),
    },
    "POST groups/{group}/disputes": lambda v, who: {"text": "Setoran saya bulan lalu belum tercatat"},
    "POST groups/{group}/disputes/{dispute}/answer": lambda v, who: {"decision": "explained", "answer": "Ada di buku"},
    "POST groups/{group}/statements": lambda v, who: stating(v.ours, {"memb": "dewi", "exof": "tuti"}.get(who, "yuni")),
    "POST groups/{group}/statements/{statement}/reissue": lambda v, who: {"reason": "salah tulis"},
    "POST groups/{group}/statements/{statement}/revoke": lambda v, who: {"reason": "salah orang"},
    "POST groups/{group}/recounts": lambda v, who: {"from_on": "2026-04-01"},
    "POST groups/{group}/recounts/preview": lambda v, who: {"from_on": "2026-04-01"},
    "POST groups/{group}/savings/deposits": lambda v, who: saving(v.ours, "yuni", 500),
    "POST groups/{group}/savings/withdrawals": lambda v, who: saving(v.ours, "yuni", 500),
}


def own(village: Village, row: Row, who: str) -> dict[str, Any]:
    """Ids for the path such that a role that may finds what it acts on."""
    ids = village.ids(who)
    if row.route.endswith("/pin") and NAMES.get(who) in village.ours.offices:
        ids["officer"] = village.ours.offices[NAMES[who]]
    if row.things == ["pending"] and row.cells.get(who) == "+":
        ids["pending"] = village.asks_for_two(who)
    return ids


def sends(village: Village, row: Row, who: str, **others: Any) -> Answer:
    """Her request, valid but for the ids in `others`."""
    phone, path = village.people[who], row.route.format(**(own(village, row, who) | others))
    if path.startswith("/"):
        headers = {"Authorization": f"Bearer {phone.token}"} if phone.token else {}
        page = phone.client.generic(row.method, path, headers=headers)
        return Answer(page.status_code, page.headers, None)
    if str(row) == "POST statements/verify":
        return phone.sends("POST", path, raw=UPLOAD, content_type="multipart/form-data; boundary=x")
    body = BODIES[str(row)](village, who) if row.method in ("POST", "PATCH") else None
    return phone.sends(row.method, path, body, key=uuid7() if row.inside and row.method == "POST" else None)


def wrong(row: Row, cell: str, got: Answer) -> Any:
    """What is not as the cell says, or None."""
    wanted = MEANS[cell]
    if row.route.startswith("/"):
        fine = got.status == (200 if wanted is None else wanted[0])
    elif wanted is None:
        fine = got.status not in (401, 403, 404)
    else:
        fine = (got.status, got.code) == wanted
    return None if fine else f"{cell} {wanted or ''}, but {got.status} {got.body}"


def differing(village: Village, row: Row, cells: dict[str, str], **others: Any) -> dict[str, Any]:
    """Column → what is not as told."""
    found = {}
    for who, cell in cells.items():
        with undone():
            found[who] = wrong(row, cell, sends(village, row, who, **others))
    return {who: difference for who, difference in found.items() if difference}


LENDERS = {
    "lnone": (),
    "lover": ("totals", "loans", "members.pseudonym", "members.named"),
    "lback": ("totals", "loans", "members.pseudonym", "members.named"),
    "ltota": ("totals",),
    "lloan": ("loans",),
    "lpseu": ("members.pseudonym",),
    "lname": ("members.named",),
    "lall": ("totals", "loans", "members.pseudonym", "members.named"),
}
"""Who signs in for a lender of the first group → what its consent opens: none was given, one that is over, one that was
taken back, one of each scope, one of all."""
SHUT = ("lnone", "lover", "lback")
SHOWN_TO = {
    "GET groups/{group}": ("ltota", "lloan", "lpseu", "lname", "lall"),
    "GET groups/{group}/holidays": ("ltota", "lloan", "lpseu", "lname", "lall"),
    "GET groups/{group}/portfolio": ("ltota", "lall"),
    "GET groups/{group}/portal": ("ltota", "lall"),
    "GET groups/{group}/portal/loans": ("lloan", "lall"),
    "GET groups/{group}/portal/members": ("lpseu", "lname", "lall"),
    "GET groups/{group}/portal/facilities": ("ltota", "lloan", "lpseu", "lname", "lall"),
    "GET groups/{group}/statements": ("ltota", "lloan", "lpseu", "lname", "lall"),
}
"""All that a lender is ever shown of a group, and to whom; everything else is not its act."""
NOT_ITS_OWN = {
    "POST groups/{group}/statements",
    "GET groups/{group}/statements/{statement}",
    "GET groups/{group}/statements/{statement}/pdf",
}
"""Its acts, about its own papers; a member's are not there for it."""


def lenders_of(group: Kelompok) -> dict[str, Bank]:
    """One lender for each of these."""
    found = {who: Bank.of(group, username=f"{group.prefix}.{who}", name=f"Bank {who}") for who in LENDERS}
    for who, scopes in LENDERS.items():
        if who == "lover":
            found[who].may_see(*scopes, since=-9, days=8)
        elif scopes:
            found[who].may_see(*scopes)
    [taken] = group.budi.gets(f"{group.path}/consents?lender_id={found['lback'].id}")["results"]
    assert group.phones["rina"].deletes(f"{group.path}/consents/{taken['id']}").status == 204
    return found
