"""Proofs that the books are whole, read as the role `reader` and written apart from the code they check.

Each check is a set-based query that returns what is wrong: the group, the thing and a sentence. The chain is computed
again from content, streamed, by `chain` and not by the database. `None` for a group proves every book.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

from ledger import chain


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: the invariant's name, the group, and what was found."""

    invariant: str
    group_id: UUID
    what: str


Look = Callable[[psycopg.Connection[Any], UUID | None], Iterator[Finding]]
_looks: list[Look] = []
CHECKS: dict[str, str] = {
    "I01 every entry balances": """
        select e.group_id, format('entry %%s (%%s): %%s of %%s lines, debit %%s, credit %%s', e.seq, e.id, count(p.seq),
               e.lines, coalesce(sum(p.debit), 0), coalesce(sum(p.credit), 0))
          from ledger_entry e left join ledger_posting p on p.group_id = e.group_id and p.seq = e.seq
         where %(group)s::uuid is null or e.group_id = %(group)s
         group by e.group_id, e.seq, e.id, e.lines, e.effective_on
        having count(p.seq) < 2 or count(p.seq) <> e.lines
            or coalesce(sum(p.debit), 0) <> coalesce(sum(p.credit), 0) or not bool_and(p.effective_on = e.effective_on)""",
    "I02 every line is one-sided and in its own book": """
        select p.group_id, format('line %%s of entry %%s: debit %%s, credit %%s, account %%s', p.number, p.seq, p.debit,
               p.credit, p.account_id)
          from ledger_posting p
          left join ledger_account a on a.group_id = p.group_id and a.id = p.account_id
          left join ledger_entry e on e.group_id = p.group_id and e.seq = p.seq
         where (%(group)s::uuid is null or p.group_id = %(group)s)
           and (p.debit < 0 or p.credit < 0 or (p.debit > 0) = (p.credit > 0) or a.id is null or e.id is null)""",
    "I03 a balance is the sum of its lines": """
        select a.group_id, format('account %%s: balance %%s, version %%s, lines %%s in %%s', a.code, a.balance, a.version,
               coalesce(s.total, 0), coalesce(s.lines, 0))
          from ledger_account a
          left join (select p.group_id, p.account_id, count(*) as lines, max(p.effective_on) as last_on,
                            sum(case b.normal when 'D' then p.debit - p.credit else p.credit - p.debit end) as total
                       from ledger_posting p
                       join ledger_account b on b.group_id = p.group_id and b.id = p.account_id
                      where %(group)s::uuid is null or p.group_id = %(group)s
                      group by 1, 2) s on s.group_id = a.group_id and s.account_id = a.id
         where (%(group)s::uuid is null or a.group_id = %(group)s)
           and (a.balance <> coalesce(s.total, 0) or a.version <> coalesce(s.lines, 0)
                or a.last_on is distinct from s.last_on)""",
    "I04 running balances have no gap": """
        select group_id, format('line %%s of entry %%s on account %%s: version %%s after %%s, balance %%s for %%s', number,
               seq, code, account_version, before, balance_after, running)
          from (select p.group_id, p.seq, p.number, a.code, p.account_version, p.balance_after,
                       lag(p.account_version, 1, 0::bigint) over account as before,
                       sum(case a.normal when 'D' then p.debit - p.credit else p.credit - p.debit end) over account
                           as running
                  from ledger_posting p
                  join ledger_account a on a.group_id = p.group_id and a.id = p.account_id
                 where %(group)s::uuid is null or p.group_id = %(group)s
                window account as (partition by p.group_id, p.account_id order by p.account_version)) t
         where account_version <> before + 1 or balance_after <> running""",
    "I05 the whole book sums to zero": """
        select group_id, format('debit and credit balances differ by %%s',
               sum(case normal when 'D' then balance else -balance end))
          from ledger_account where %(group)s::uuid is null or group_id = %(group)s
         group by group_id having sum(case normal when 'D' then balance else -balance end) <> 0""",
    "I06 no account is under its floor": """
        select group_id, format('account %%s: balance %%s, held %%s, floor %%s', code, balance, held, floor)
          from ledger_account
         where (%(group)s::uuid is null or group_id = %(group)s) and (held < 0 or balance - held < floor)""",
    "I07 every entry comes from one command": """
        select e.group_id, format('entry %%s names command %%s, which is not there', e.seq, e.command_id)
          from ledger_entry e left join ledger_command c on c.group_id = e.group_id and c.key = e.command_id
         where (%(group)s::uuid is null or e.group_id = %(group)s) and c.key is null
        union all
        select e.group_id, format('%%s entries of command %%s bear another actor', count(*), e.command_id)
          from ledger_entry e join ledger_command c on c.group_id = e.group_id and c.key = e.command_id
         where (%(group)s::uuid is null or e.group_id = %(group)s) and e.actor_id is distinct from c.actor_id
         group by e.group_id, e.command_id
        union all
        select c.group_id, format('command %%s answered with entry %%s, which is not there', c.key, c.answer->>'entry_id')
          from ledger_command c
          left join ledger_entry e on e.group_id = c.group_id and e.id::text = c.answer->>'entry_id'
         where (%(group)s::uuid is null or c.group_id = %(group)s) and c.answer->>'entry_id' is not null and e.id is null""",
    "I09 a reversal mirrors its target once": """
        select r.group_id, format('entry %%s does not mirror entry %%s', r.seq, o.seq)
          from ledger_entry r left join ledger_entry o on o.group_id = r.group_id and o.id = r.reverses_id
         where (%(group)s::uuid is null or r.group_id = %(group)s) and r.reverses_id is not null
           and (o.id is null or o.reverses_id is not null or r.lines <> o.lines or exists (
                select number, account_id, debit, credit from ledger_posting where group_id = r.group_id and seq = r.seq
                except
                select number, account_id, credit, debit from ledger_posting where group_id = o.group_id and seq = o.seq))
        union all
        select group_id, format('entry %%s is reversed %%s times', reverses_id, count(*)) from ledger_entry
         where (%(group)s::uuid is null or group_id = %(group)s) and reverses_id is not null
         group by group_id, reverses_id having count(*) > 1""",
    "I10 the chain has no gap and ends at the head": """
        select group_id, format('entry %%s follows entry %%s', seq, before)
          from (select group_id, seq, lag(seq, 1, 0::bigint) over (partition by group_id order by seq) as before
                  from ledger_entry where %(group)s::uuid is null or group_id = %(group)s) t
         where seq <> before + 1
        union all
        select b.group_id, format('the head is %%s, the last entry %%s', b.head_seq, coalesce(e.seq, 0))
          from ledger_book b
          left join lateral (select seq, hash from ledger_entry e where e.group_id = b.group_id
                              order by seq desc limit 1) e on true
         where (%(group)s::uuid is null or b.group_id = %(group)s)
           and (b.head_seq <> coalesce(e.seq, 0) or b.head_hash <> coalesce(e.hash, decode(repeat('00', 32), 'hex')))""",
    "I19 nothing is posted into a closed month": """
        select e.group_id, format('entry %%s of %%s, after %%s was closed at entry %%s', e.seq, e.effective_on,
               to_char(m.month, 'YYYY-MM'), m.head_seq)
          from ledger_monthclose m
          join ledger_entry e on e.group_id = m.group_id and e.seq > m.head_seq
           and e.effective_on < (m.month + interval '1 month')::date
         where (%(group)s::uuid is null or m.group_id = %(group)s) and m.reopened_at is null
        union all
        select m.group_id, format('%%s was closed at entry %%s with another hash', to_char(m.month, 'YYYY-MM'), m.head_seq)
          from ledger_monthclose m left join ledger_entry e on e.group_id = m.group_id and e.seq = m.head_seq
         where (%(group)s::uuid is null or m.group_id = %(group)s) and m.head_seq > 0 and e.hash is distinct from m.head_hash
        union all
        select b.group_id, format('account %%s at the end of %%s: stored %%s, found %%s', a.code,
               to_char(m.month, 'YYYY-MM'), b.balance, coalesce(s.total, 0))
          from ledger_monthbalance b
          join ledger_monthclose m on m.group_id = b.group_id and m.id = b.close_id and m.reopened_at is null
          join ledger_account a on a.group_id = b.group_id and a.id = b.account_id
          left join lateral (
               select sum(case a.normal when 'D' then p.debit - p.credit else p.credit - p.debit end) as total
                 from ledger_posting p where p.group_id = b.group_id and p.account_id = b.account_id
                  and p.effective_on < (m.month + interval '1 month')::date) s on true
         where (%(group)s::uuid is null or b.group_id = %(group)s) and b.balance <> coalesce(s.total, 0)
        union all
        select b.group_id, format('the book says closed through %%s, its closings say %%s', b.closed_through, m.through)
          from ledger_book b
          left join lateral (select (max(month) + interval '1 month' - interval '1 day')::date as through
                               from ledger_monthclose m where m.group_id = b.group_id and m.reopened_at is null) m on true
         where (%(group)s::uuid is null or b.group_id = %(group)s) and b.closed_through is distinct from m.through""",
}


def register(invariant: str, query: str) -> None:
    """Prove an invariant of an app above as well: a query like those of `CHECKS`. The same name again is a bug
    (ValueError), unless it is the same query."""
    if CHECKS.setdefault(invariant, query) != query:
        raise ValueError(f"{invariant} is proven already")


def register_look(look: Look) -> None:
    """Have an app above look beyond SQL as well: `look(connection, group_id)` yields what is wrong. Once, in
    `AppConfig.ready`."""
    if look not in _looks:
        _looks.append(look)


def prove(connection: psycopg.Connection[Any], group_id: UUID | None = None) -> Iterator[Finding]:
    """Run every check and the chain in one repeatable-read transaction of `connection`; yields what is wrong.

    The connection is the reader's, in autocommit; nothing is written.
    """
    with connection.transaction():
        connection.execute("set transaction isolation level repeatable read, read only")
        for invariant, query in CHECKS.items():
            for found_in, what in connection.execute(query, {"group": group_id}):
                yield Finding(invariant, found_in, what)
        yield from prove_chain(connection, group_id)
        for look in _looks:
            yield from look(connection, group_id)


def prove_chain(connection: psycopg.Connection[Any], group_id: UUID | None = None) -> Iterator[Finding]:
    """Recompute every hash from content; one finding a book, at the first entry that does not follow."""
    broken: UUID | None = None
    book: UUID | None = None
    previous = chain.GENESIS
    for entry, stored in _chained(connection, group_id):
        if entry.group_id != book:
            book, previous = entry.group_id, chain.GENESIS
        if book == broken:
            continue
        previous = chain.next_hash(previous, entry)
        if previous != stored:
            broken = book
            yield Finding("I25 the chain follows from the content", entry.group_id, f"entry {entry.seq} ({entry.id})")
    yield from _notes(connection, group_id)


def _chained(connection: psycopg.Connection[Any], group_id: UUID | None) -> Iterator[tuple[chain.Chained, bytes]]:
    """Every entry with its postings, in order of the chain, streamed in bounded memory."""
    chosen = "where %(group)s::uuid is null or group_id = %(group)s"
    with connection.cursor("chain_entries") as entries, connection.cursor("chain_postings") as postings:
        entries.itersize = postings.itersize = 5_000
        entries.execute(
            f"select group_id, seq, id, command_id, effective_on, recorded_at, kind, actor_id, reverses_id, note_digest, "
            f"hash from ledger_entry {chosen} order by group_id, seq",
            {"group": group_id},
        )
        postings.execute(
            f"select group_id, seq, account_id, debit, credit from ledger_posting {chosen} order by group_id, seq, number",
            {"group": group_id},
        )
        rest = iter(postings)
        posting = next(rest, None)
        for group, seq, id, command, day, moment, kind, actor, reverses, digest, stored in entries:
            place, lines = (group, seq), []
            while posting is not None and (posting[0], posting[1]) <= place:
                if (posting[0], posting[1]) == place:
                    _, _, account_id, debit, credit = posting
                    lines.append(("D" if debit > 0 else "C", account_id, debit + credit))
                posting = next(rest, None)
            entry = chain.Chained(group, seq, id, command, day, moment, kind, actor, reverses, digest, lines)
            yield entry, stored


def _notes(connection: psycopg.Connection[Any], group_id: UUID | None) -> Iterator[Finding]:
    """Notes that were changed: one that is not erased must have the digest the chain holds."""
    query = """
        select e.group_id, e.seq from ledger_entry e
          left join ledger_entrynote n on n.group_id = e.group_id and n.entry_id = e.id
         where (%(group)s::uuid is null or e.group_id = %(group)s)
           and ((n.text is not null and e.note_digest is distinct from sha256(n.salt || convert_to(n.text, 'UTF8')))
                or (n.entry_id is null) <> (e.note_digest is null))"""
    for found_in, seq in connection.execute(query, {"group": group_id}):
        yield Finding(
            "I25 the chain follows from the content", found_in, f"the note of entry {seq} is not the one it had"
        )
