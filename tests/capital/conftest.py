"""A group that borrows and lends, in a transaction that is rolled back."""

import pytest

from members.hashing import Argon2
from tests.capital.lending import Borrowing
from tests.members.conftest import neighbours  # noqa: F401
from tests.pages import Browser


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch):
    monkeypatch.setattr(Argon2, "memory_cost", 8)
    monkeypatch.setattr(Argon2, "time_cost", 1)


@pytest.fixture
def borrowing(books) -> Borrowing:
    return Borrowing.opened()


@pytest.fixture
def budi(borrowing) -> Browser:
    """The treasurer's browser."""
    return Browser(borrowing.kelompok)


@pytest.fixture
def sari(borrowing) -> Browser:
    """The chair's browser."""
    return Browser(borrowing.kelompok, "sari")
