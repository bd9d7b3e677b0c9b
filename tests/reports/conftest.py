"""A group that saves and lends, in a transaction that is rolled back, with the browsers of its people."""

import pytest

from tests.loans.conftest import lending, quick_hashing  # noqa: F401
from tests.members.conftest import neighbours  # noqa: F401
from tests.pages import Browser


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
