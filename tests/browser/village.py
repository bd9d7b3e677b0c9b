"""The village that the pages show: the demonstration group with a login for every role, a new group in which nothing
has happened yet, and a group of strangers.

It is made through the services in a database of its own, kept as a template for this day and this code, and cloned for
each worker. What is asked of it while a browser is open is asked in a thread: Playwright's loop runs in the test's own,
and there Django refuses a database.

`python -m tests.browser.village` makes it in the database the environment names, and prints what `Village.told` reads.
"""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import connections
from django.utils import timezone

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent.parent
ANONYMOUS = "anonymous"
ROLES = ("treasurer", "chair", "secretary", "member", "stranger", "newcomer", "operator", "lender")
"""Of the demonstration group, but for the stranger (treasurer of another), the newcomer (treasurer of the new one) and
the operator of the service; the lender is who signs in for the one that lends to it."""

Facts = dict[str, Any]


@dataclass(frozen=True)
class Login:
    """With what somebody signs in. `titles` are the words of `access.ACTS` that fit her in the demonstration group;
    None: it does not exist for her."""

    user_id: UUID
    username: str
    password: str
    pin: str | None
    titles: frozenset[str] | None


@dataclass(frozen=True)
class Village:
    """Whom there is, and where: `ids["full"]` are the values that addresses of pages are filled with, the member's
    being the one with a login, and her running loan; `ids["late"]` and `ids["waiting"]` are of others, `ids["empty"]`
    of the new group, `ids["other"]` of the strangers'."""

    logins: dict[str, Login]
    ids: dict[str, dict[str, str]]
    within: Callable[[], AbstractContextManager[Any]] = nullcontext

    @classmethod
    def told(cls, facts: Facts, within: Callable[[], AbstractContextManager[Any]] = nullcontext) -> "Village":
        """From the facts that `make` gave; `within` makes the village's database this process's."""
        logins = {
            role: Login(
                UUID(known["user_id"]),
                known["username"],
                known["password"],
                known["pin"],
                None if known["titles"] is None else frozenset(known["titles"]),
            )
            for role, known in facts["logins"].items()
        }
        return cls(logins, facts["ids"], within)

    @property
    def group_id(self) -> UUID:
        """The demonstration group."""
        return UUID(self.ids["full"]["group_id"])

    def does(self, body: Callable[[], T]) -> T:
        """What `body` gives, on the village's database, also while a browser is open."""

        def inside() -> T:
            with self.within():
                try:
                    return body()
                finally:
                    connections.close_all()  # they are this thread's, which ends here

        with ThreadPoolExecutor(1) as thread:
            return thread.submit(inside).result()

    def asks(self, body: Callable[[], T], *, role: str = "treasurer") -> T:
        """What `body` gives inside the demonstration group's own transaction."""
        from ledger.context import in_book

        return self.does(lambda: in_book(self.group_id, self.logins[role].user_id, body))

    def session(self, role: str) -> str:
        """The cookie of a new session of hers."""
        from django.test import Client

        from ledger.context import outside_books
        from members.models import User
        from tests.door import comes_in

        def act() -> str:
            client = Client()
            user = User.objects.get(id=self.logins[role].user_id)
            comes_in(client, user)
            return str(client.cookies[settings.SESSION_COOKIE_NAME].value)

        return self.does(lambda: outside_books(self.logins[role].user_id, act))


def make(today: date) -> Facts:
    """Fill this process's database; gives the facts, as JSON can hold them."""
    from config import demo

    known: dict[str, Any] = demo.fill(today)
    empty = _new_group("newcomer", "bu.baru", "MELATI", today, known)
    other = _new_group("stranger", "bu.lain", "KENANGA", today, known)
    ids = _addresses(today) | {"empty": {"group_id": str(empty)}, "other": {"group_id": str(other)}}
    return {"logins": {role: known[role] | _of(known[role]) for role in ROLES}, "ids": ids}


def _new_group(role: str, username: str, name: str, today: date, known: Facts) -> UUID:
    """A group whose treasurer is alone in it."""
    from ledger.context import in_book, outside_books
    from ledger.ids import uuid7
    from members import logins, second, services

    user, first = outside_books(None, lambda: logins.open_user(username, opens_groups=True))
    password, pin, group_id = logins.first_password(), "482913", uuid7()
    outside_books(user.id, lambda: logins.set_own_password(user, old=first, new=password))

    def act() -> None:
        services.open_group(group_id=group_id, creator=user, today=today, name=name, creator_name="Rukmini")
        second.set_pin(group_id, user.id, pin)

    in_book(group_id, user.id, act)
    known[role] = {"username": username, "password": password, "pin": pin}
    return group_id


def _of(login: dict[str, str]) -> Facts:
    from config import demo
    from members import access
    from members.errors import NotFound
    from members.models import User

    user = User.objects.get(username=login["username"])
    try:
        titles = sorted(access.titles(access.seat(user, demo.GROUP_ID)))
    except NotFound:
        titles = None
    return {"user_id": str(user.id), "pin": login.get("pin"), "titles": titles}


def _addresses(today: date) -> dict[str, dict[str, str]]:
    """What stands in the addresses of the demonstration group's pages, by the word that the address table says."""
    from capital import queries as lenders
    from config import demo
    from ledger import jobs
    from ledger import queries as books
    from ledger.commands import key_for
    from ledger.context import in_book, outside_books
    from ledger.models import Job
    from loans import queries as loans
    from members import consents, disputes, logins, queries
    from members.models import User
    from reports import issuing
    from savings import queries as saved

    def asked() -> dict[str, dict[str, str]]:
        members = {one.person.name: str(one.id) for one in queries.members(demo.GROUP_ID)}
        borrowed = {str(one.member_id): str(one.id) for one in loans.loans(demo.GROUP_ID)}
        entry, product = books.entries(demo.GROUP_ID).last(), saved.product(demo.GROUP_ID, "wajib")
        assert entry is not None and product is not None
        everywhere = {
            "group_id": str(demo.GROUP_ID),
            "entry_id": str(entry.id),
            "officer_id": str(queries.officers(demo.GROUP_ID)[0].id),
            "month": f"{demo.months_ago(today, 2):%Y-%m}",
            "savings_product_id": str(product.id),
            "dispute_id": str(disputes.disputes(demo.GROUP_ID, status="open")[0].id),
            "statement_id": str(paper.id),
            "code": paper.code,
            "kind": "token",  # of what she may end of her own
            "handle": token,
            "lender_id": str(lenders.lenders(demo.GROUP_ID)[0].id),
            "consent_id": str(consents.consents(demo.GROUP_ID)[0].id),
            "user_id": str(User.objects.get(username=demo.USERNAMES["lender"]).id),  # who signs in for it
            "facility_id": str(lenders.facilities(demo.GROUP_ID)[0].id),
            "funding_id": str(lenders.fundings(demo.GROUP_ID)[0].id),
            "product_id": str(loans.products(demo.GROUP_ID).get(code="bahan-baku").id),
        }
        names = {"full": "Ngatini", "late": "Partini", "waiting": "Dwi Astuti"}
        found = {
            place: everywhere | {"member_id": members[name], "loan_id": borrowed[members[name]]}
            for place, name in names.items()
        }
        for number, place in enumerate(("full", "late")):  # the acts by which their loans were paid out and back
            found[place]["command"] = str(key_for("demo", demo.GROUP_ID, f"loan {number}"))
        return found

    def wanted() -> list[Any]:
        """The statement of whose login is the member's, and that of the lender."""
        [hers] = [one for one in queries.members(demo.GROUP_ID) if one.person.name == "Ngatini"]
        [upk] = lenders.lenders(demo.GROUP_ID)
        return [
            issuing.ask_for(
                queries.group(demo.GROUP_ID),
                kind=kind,
                subject_id=subject.id,
                since=None,
                until=today,
                today=today,
                user_id=treasurer.id,
            )
            for kind, subject in (("member", hers), ("lender", upk))
        ]

    treasurer = User.objects.get(username=demo.USERNAMES["treasurer"])
    paper, lenders_paper = in_book(demo.GROUP_ID, treasurer.id, wanted)
    for one in (paper, lenders_paper):
        jobs.run(Job.objects.get(key=f"statement {one.id}").id)
    token = str(outside_books(treasurer.id, lambda: logins.open_token(treasurer, label="Laptop"))[0].id)
    return in_book(demo.GROUP_ID, treasurer.id, asked)


@cache
def state() -> str:
    """Changes with the day, the keys, and every file that decides what the village looks like. A run keeps to the
    one it began with, also over midnight or while somebody writes in those files."""
    from tests.conftest import migration_state

    told = f"{migration_state()} {timezone.localdate()} {settings.SECRET_KEY} {settings.MASTER_KEY}"
    digest = hashlib.sha256(told.encode())
    folders = ("ledger", "members", "savings", "loans", "capital")
    for path in [*sorted(one for name in folders for one in ROOT.glob(f"{name}/**/*.py")), ROOT / "config" / "demo.py"]:
        digest.update(path.read_bytes())
    digest.update(Path(__file__).read_bytes())
    return digest.hexdigest()[:12]


def kept(template: str) -> tuple[str, Facts]:
    """The name of the database of the village as it is today, and its facts; whoever comes first makes it. `template`
    is the empty one. The facts stand in the database's comment: they are for tests only."""
    from psycopg import sql

    from tests.conftest import drop, owner_connection

    name = f"lumbung_village_{state()}"
    building = f"{name}_building"
    with owner_connection() as owner:
        owner.execute("select pg_advisory_lock(7)")
        found = "select shobj_description(oid, 'pg_database') from pg_database where datname = %s"
        row = owner.execute(found, [name]).fetchone()
        if row is not None:
            return name, json.loads(row[0])
        before = "select datname from pg_database where datname ~ '^lumbung_village_[0-9a-f]{12}'"
        for [old] in owner.execute(before).fetchall():
            drop(old)
        new = sql.Identifier(building)
        owner.execute(sql.SQL("create database {} template {}").format(new, sql.Identifier(template)))
        facts = made_apart(building)
        owner.execute(sql.SQL("comment on database {} is {}").format(new, sql.Literal(json.dumps(facts))))
        owner.execute(sql.SQL("alter database {} rename to {}").format(new, sql.Identifier(name)))
    return name, facts


def made_apart(database: str) -> Facts:
    """Make it in a process of its own, as this one may have a browser open."""
    from tests.processes import environment

    env = environment(database) | {"DATABASE_POOL": "false", "LOG_LEVEL": "WARNING", "MASTER_KEY": settings.MASTER_KEY}
    command = [sys.executable, "-m", "tests.browser.village"]
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    facts: Facts = json.loads(done.stdout)
    return facts


def main() -> None:
    """In a database that is migrated and empty."""
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    json.dump(make(timezone.localdate()), sys.stdout)


if __name__ == "__main__":
    main()
