"""The receipt of an act, to show, to send and to print."""

from typing import Any
from uuid import UUID

from ledger import queries as books
from ledger.models import Command
from members.api.people import noted
from members.errors import NotFound
from members.page import Page, Sitting
from reports import receipts, slips


class Receipt(Page):
    """By the key of the act that it is of; a member's seat sees her own alone."""

    act = "see_receipts"
    template = "reports/receipt.html"
    tab = "members"

    def show(self, at: Sitting, command: UUID) -> dict[str, Any]:
        only_of = None if at.officer else at.seat.member_id
        found = receipts.receipt(at.group, entry_of(at.group_id, command), only_of=only_of)
        noted(at.here, found.member_id, "savings")
        message = slips.as_message(found)
        return {
            "receipt": found,
            "command": command,
            "corrections": corrections(at, found),
            "lines": [(line, slips.parts(found, line)) for line in found.lines],
            "loans": [(one, slips.asks(found, one)) for one in found.loans],
            "message": message,
            "strip": slips.as_strip(found),
            "send": slips.wa_link(found.phone if at.officer else None, message),
            "way": slips.total_word(found),
            "recorded": slips.recorded(found),
            "whose": slips.whose(found),
        }


def corrections(at: Sitting, found: receipts.Receipt) -> list[tuple[UUID, str]]:
    """What on it she may take back: its entries, each with its words; nothing for who may not."""
    if not at.may("reverse_entry"):
        return []
    kept: dict[UUID, str] = {}
    for line in found.lines:
        if not line.reversed:
            kept.setdefault(line.entry_id, line.words)
    return list(kept.items())


def entry_of(group_id: UUID, command: UUID) -> UUID:
    """An entry that the act under this key booked. Where a second officer's own call did it, the act has a key of its
    own, and the first officer's key is answered with what came of it. Raises NotFound."""
    booked = books.of_command(group_id, command)
    if booked:
        return booked[0].id
    answered = Command.objects.filter(group_id=group_id, key=command).first()
    entry_id = answered.answer.get("entry_id") if answered else None
    if entry_id is None:
        raise NotFound()
    return UUID(entry_id)
