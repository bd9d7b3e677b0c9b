"""A group that saves and lends, in a transaction that is rolled back."""

from tests.loans.conftest import lending, quick_hashing  # noqa: F401
from tests.members.conftest import neighbours  # noqa: F401
