"""Somebody's browser at the pages of a group."""

import html
import re
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.test import Client
from django.urls import reverse

from ledger.ids import uuid7
from ledger.models import Entry
from tests.door import Kelompok, comes_in


@dataclass
class Seen:
    """What came back: status, the text as people read it, and where it sends her on to."""

    status: int
    html: str
    location: str

    @property
    def text(self) -> str:
        """Without markup, every run of blanks as one."""
        bare = re.sub(r"<(svg|head)\b.*?</\1>", " ", self.html, flags=re.S)
        return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", bare)).split())


@dataclass
class Browser:
    """`person` of the group, signed in."""

    group: Kelompok
    person: str = "budi"
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        user = self.group.phones[self.person].user
        assert user is not None
        self.client = Client(headers={"host": "localhost"}, raise_request_exception=False)
        comes_in(self.client, user)

    def url(self, name: str, query: str = "", **path: Any) -> str:
        return reverse(f"p:{name}", kwargs={"group_id": self.group.id, **path}) + query

    def opens(self, name: str, query: str = "", **path: Any) -> Seen:
        return self.at(self.url(name, query, **path))

    def at(self, address: str) -> Seen:
        return _seen(self.client.get(address))

    def sends(self, name: str, given: dict[str, Any], *, key: UUID | None = None, **path: Any) -> Seen:
        """A form of the page, under a key of its own unless told."""
        return self.sends_to(self.url(name, f"?k={key or uuid7()}", **path), given)

    def sends_to(self, address: str, given: dict[str, Any]) -> Seen:
        return _seen(self.client.post(address, given))


def _seen(answer: Any) -> Seen:
    location = answer.headers.get("Location", "")
    return Seen(answer.status_code, answer.content.decode(), location)


def entries(group: Kelompok) -> int:
    """How many entries stand in the group's book."""
    found: int = group.asks(lambda: Entry.objects.filter(group_id=group.id).count())
    return found
