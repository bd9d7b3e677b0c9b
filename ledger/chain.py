"""The hash chain over a group's entries, from their content alone. Imports no Django.

Each entry's hash is `sha256(hash of the entry before ‖ text)`; before the first stand 32 zero bytes. The text is UTF-8,
lines joined by "\\n", no line after the last:

    lumbung-entry-1
    group <uuid>
    seq <number>
    id <uuid>
    command <uuid>
    effective_on <YYYY-MM-DD>
    recorded_at <microseconds since 1970-01-01T00:00:00Z>
    kind <kind>
    actor <uuid, or - where the clock acted>
    reverses <uuid of the entry reversed, or ->
    note <sha256(salt ‖ UTF-8 text) in lower-case hex, or ->
    D <account uuid> <amount>          one line a posting in posting order, D for a debit, C for a credit

The posting function in `migrations/holds.sql` writes the same text; this module is the second, independent hand.
Balances are left out on purpose: they follow from the postings, and `proofs` derives them afresh.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from uuid import UUID

GENESIS = bytes(32)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Chained:
    """What of an entry the chain holds; `postings` are (side, account id, amount) with side "D" or "C"."""

    group_id: UUID
    seq: int
    id: UUID
    command_id: UUID
    effective_on: date
    recorded_at: datetime
    kind: str
    actor_id: UUID | None
    reverses_id: UUID | None
    note_digest: bytes | None
    postings: Iterable[tuple[str, UUID, int]]


def text_of(entry: Chained) -> str:
    """The canonical text above."""
    lines = [
        "lumbung-entry-1",
        f"group {entry.group_id}",
        f"seq {entry.seq}",
        f"id {entry.id}",
        f"command {entry.command_id}",
        f"effective_on {entry.effective_on.isoformat()}",
        f"recorded_at {(entry.recorded_at - EPOCH) // timedelta(microseconds=1)}",
        f"kind {entry.kind}",
        f"actor {entry.actor_id or '-'}",
        f"reverses {entry.reverses_id or '-'}",
        f"note {entry.note_digest.hex() if entry.note_digest is not None else '-'}",
    ]
    lines.extend(f"{side} {account_id} {amount}" for side, account_id, amount in entry.postings)
    return "\n".join(lines)


def next_hash(previous: bytes, entry: Chained) -> bytes:
    """The 32 bytes that stand in `entry.hash` when nobody has touched the books; `previous` is the hash before it."""
    return sha256(previous + text_of(entry).encode()).digest()


def note_digest(salt: bytes, text: str) -> bytes:
    """What the chain holds of a note: 32 bytes that tell nothing once the salt is gone."""
    return sha256(salt + text.encode()).digest()
