"""A group that saves and lends, in a transaction that is rolled back, with the browsers of its people."""

import pytest

from tests.door import description
from tests.loans.conftest import lending, quick_hashing  # noqa: F401
from tests.members.conftest import neighbours  # noqa: F401
from tests.pages import Browser
from tests.reports.papers import Papers


@pytest.fixture(scope="session")
def described() -> None:
    """The published description, made before a transaction begins that would wait for it."""
    description()


@pytest.fixture
def papers(described, books) -> Papers:
    """The papers of a group, in a transaction that is rolled back."""
    return Papers.opened()


@pytest.fixture
def budi(lending) -> Browser:  # noqa: F811
    """The treasurer's browser."""
    return Browser(lending.kelompok)


@pytest.fixture
def sari(lending) -> Browser:  # noqa: F811
    """The chair's browser."""
    return Browser(lending.kelompok, "sari")


@pytest.fixture
def dewi(lending) -> Browser:  # noqa: F811
    """A plain member's browser."""
    return Browser(lending.kelompok, "dewi")
