"""The cast at the door, in a transaction that is rolled back."""

from collections.abc import Iterator

import pytest

from members.hashing import Argon2
from tests.door import Kelompok, Phone, signs_in, somebody, standing, undone
from tests.members.everybody import Village, peopled


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch):
    """Argon2id with next to no memory: dozens of logins are made here, and none of them has to be hard to guess."""
    monkeypatch.setattr(Argon2, "memory_cost", 8)
    monkeypatch.setattr(Argon2, "time_cost", 1)


@pytest.fixture
def kelompok(books) -> Kelompok:
    return Kelompok.opened()


@pytest.fixture
def neighbours(books) -> Kelompok:
    """Another group, whose people must see and change nothing of the first."""
    return Kelompok.opened("b", "Tetangga")


@pytest.fixture
def operator(books) -> Phone:
    return signs_in(somebody("operator", operator=True))


@pytest.fixture
def stranger(books) -> Phone:
    return Phone()


@pytest.fixture(scope="module")
def lively(django_db_setup, django_db_blocker) -> Iterator[Village]:
    with standing(django_db_blocker):
        yield peopled(Kelompok.opened(), Kelompok.opened("b", "Tetangga"))


@pytest.fixture
def village(lively) -> Iterator[Village]:
    """Two groups with everybody who could come to the door of the first; what a test does is undone."""
    with undone():
        yield lively
