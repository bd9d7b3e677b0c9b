"""Somebody at her pages: a browser that is signed in, and what she sees in it."""

import html
import re
from dataclasses import dataclass
from typing import Any

from django.test import Client

from members.models import User
from tests.door import Kelompok, comes_in


@dataclass
class Seen:
    """A page as it came: its status, its words without the markup, and where it sends her."""

    status: int
    source: str
    onwards: str

    @property
    def words(self) -> str:
        bare = re.sub(r"<(script|style|svg).*?</\1>|<[^>]+>", " ", self.source, flags=re.DOTALL)
        return " ".join(html.unescape(bare).split())

    def links(self, part: str) -> list[str]:
        """The addresses on the page in which `part` stands."""
        return [html.unescape(one) for one in re.findall(r'href="([^"]+)"', self.source) if part in one]


@dataclass
class Desk:
    """Her browser."""

    client: Client
    base: str

    def opens(self, path: str = "", *, follow: bool = True) -> Seen:
        """A page of her group, or of the whole site (`/akun`)."""
        return self._seen(self.client.get(self._at(path), follow=follow))

    def sends(self, path: str, **fields: Any) -> Seen:
        """A form, to the address it was opened under; she follows where it leads."""
        return self._seen(self.client.post(self._at(path), fields, follow=True))

    def fills(self, path: str, **fields: Any) -> Seen:
        """Open a money form and send it."""
        address = self.client.get(self._at(path))["Location"]
        return self.sends(address, **fields)

    def questions(self, path: str) -> int:
        """How many times the database is asked for a page she has seen before."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        self.opens(path)
        with CaptureQueriesContext(connection) as asked:
            assert self.opens(path).status == 200
        return len(asked)

    def _at(self, path: str) -> str:
        whole = path.startswith(("/k/", "/akun", "/kelompok", "/masuk", "/pendana"))
        return path if whole else f"{self.base}{path}"

    def _seen(self, response: Any) -> Seen:
        away = response.redirect_chain[-1][0] if getattr(response, "redirect_chain", None) else ""
        return Seen(response.status_code, response.content.decode(), away or response.get("Location", ""))


def desk(kelompok: Kelompok, person: str | User = "budi") -> Desk:
    """Somebody's browser, signed in, at her group."""
    user = person if isinstance(person, User) else kelompok.phones[person].user
    assert user is not None
    client = Client(headers={"host": "localhost"})
    comes_in(client, user)
    return Desk(client, f"/k/{kelompok.id}")
