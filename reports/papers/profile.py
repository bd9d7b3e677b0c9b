"""Who a group is, for who lends to it: its members and their businesses, how steadily they save, how long its books
go back. Numbers and trades alone, no names. A part of the lender's paper."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from ledger import queries as books
from loans import portfolio
from loans import queries as lending
from members import queries as members
from members.models import Group, Person
from reports.papers.frame import Table
from reports.papers.quality import told
from savings import queries as savings

COMPULSORY = "wajib"
"""The code of the savings that every member owes in each period."""
MOST = 12
"""So many trades, products and materials are named, the most frequent first."""


@dataclass(frozen=True, slots=True)
class Trade:
    """A kind of business, how many members live by it, and what they make."""

    name: str
    members: int
    products: str


@dataclass(frozen=True, slots=True)
class Profile:
    """At the end of `until`. `due` and `saved` are the compulsory savings (simpanan wajib alone) asked for and paid so
    far; `in_full` how many of the `asked` members owe none of them. `months` of record, of which `closed` are
    closed."""

    until: date
    members: int
    joined: int
    left: int
    trades: tuple[Trade, ...]
    untold: int
    materials: str
    workers: int
    due: int
    saved: int
    discipline: str
    asked: int
    in_full: int
    recorded_since: date | None
    months: int
    closed: int
    entries: int
    loans: int
    loans_ended: int


def profile(group: Group, *, since: date, until: date, head_seq: int) -> Profile:
    """Its profile; `since` is from when joining and leaving is counted."""
    stays = list(members.stays(group.id))
    here = {one.member_id for one in stays if one.joined_on <= until and (one.left_on is None or one.left_on > until)}
    people = [one.person for one in members.members(group.id) if one.id in here]
    rows = [one for one in savings.due_rows(group.id, as_of=until) if one.product == COMPULSORY]
    behind = {one.member_id for one in rows if one.arrears}
    asked = {one.member_id for one in rows if one.due}
    due, saved = sum(one.due for one in rows), sum(min(one.paid, one.due) for one in rows)
    months = books.periods(group.id, until) if head_seq else []
    lent = [
        one for one in lending.loans(group.id).prefetch_related(None) if one.disbursed_on and one.disbursed_on <= until
    ]
    return Profile(
        until=until,
        members=len(here),
        joined=sum(since <= one.joined_on <= until for one in stays),
        left=sum(one.left_on is not None and since <= one.left_on <= until for one in stays),
        trades=trades(people),
        untold=sum(not one.business_kind for one in people),
        materials=frequent(item for one in people for item in one.raw_materials),
        workers=sum(one.workers or 0 for one in people),
        due=due,
        saved=saved,
        discipline=told(portfolio.percent(saved, due)),
        asked=len(asked),
        in_full=len(asked - behind),
        recorded_since=months[0].month if months else None,
        months=len(months),
        closed=sum(one.closed_at is not None for one in months),
        entries=head_seq,
        loans=len(lent),
        loans_ended=sum(
            one.status == "paid_off" and one.ended_on is not None and one.ended_on <= until for one in lent
        ),
    )


def trades(people: Iterable[Person]) -> tuple[Trade, ...]:
    """Kinds of business, the most frequent first; however they were written, one kind is one line."""
    known = [one for one in people if one.business_kind]
    counted = Counter(_key(one.business_kind) for one in known)
    found = []
    for key, count in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST]:
        theirs = [one for one in known if _key(one.business_kind) == key]
        products = frequent(one.business_product for one in theirs if one.business_product)
        found.append(Trade(_first(theirs[0].business_kind), count, products))
    rest = len(known) - sum(one.members for one in found)
    return (*found, Trade(gettext("Usaha lain"), rest, "")) if rest else tuple(found)


def frequent(words: Iterable[str]) -> str:
    """`Kedelai, ragi, minyak`: the most frequent words, each once."""
    known = [word for word in words if word.strip()]
    counted = Counter(_key(word) for word in known)
    first = {_key(word): word for word in reversed(known)}
    ordered = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST]
    return _first(", ".join(" ".join(first[key].split()) for key, _ in ordered))


def _key(words: str | None) -> str:
    return " ".join((words or "").split()).casefold()


def _first(words: str | None) -> str:
    text = " ".join((words or "").split())
    return text[:1].upper() + text[1:]


def tables(body: Profile) -> tuple[Table, ...]:
    """Trades as data."""
    return (
        Table(
            "usaha",
            ("trade", "members", "products"),
            tuple((one.name, one.members, one.products) for one in body.trades),
        ),
    )
