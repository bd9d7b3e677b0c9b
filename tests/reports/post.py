"""A post office: a real SMTP server that takes letters, and refuses those to whom it is told to."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class Office:
    """What came, and what is answered to whom (an address → a line like "550 no such mailbox"). `shut`: what every
    letter is answered with."""

    port: int
    letters: list[Message] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)
    shut: str = ""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.shut:
            return self.shut
        self.letters.append(message_from_bytes(envelope.content))
        return "250 taken"


@contextmanager
def post_office() -> Iterator[Office]:
    """One on a port of its own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    office = Office(port)
    controller = Controller(office, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()
