"""A group that lends, in a transaction that is rolled back."""

import pytest

from members.hashing import Argon2
from tests.loans.lending import Lending
from tests.members.conftest import neighbours  # noqa: F401
from tests.pages import Browser


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch):
    monkeypatch.setattr(Argon2, "memory_cost", 8)
    monkeypatch.setattr(Argon2, "time_cost", 1)


@pytest.fixture
def lending(books) -> Lending:
    return Lending.opened()


@pytest.fixture
def budi(lending) -> Browser:
    """The treasurer's browser."""
    return Browser(lending.kelompok)


@pytest.fixture
def sari(lending) -> Browser:
    """The chair's browser."""
    return Browser(lending.kelompok, "sari")


@pytest.fixture
def dewi(lending) -> Browser:
    """A plain member's browser."""
    return Browser(lending.kelompok, "dewi")
