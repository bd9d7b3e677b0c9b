"""The same groups as at the door, and short ways to say what their members save."""

import pytest

from tests.members.conftest import kelompok, neighbours, quick_hashing  # noqa: F401
from tests.savings.cast import Savings


@pytest.fixture
def savings(kelompok) -> Savings:  # noqa: F811
    """What the members of JARBANGSRI save. They joined on 2 January 2026."""
    return Savings(kelompok)
