"""Pages about loans, below `/k/{group_id}`."""

from typing import Any

urlpatterns: list[Any] = []
