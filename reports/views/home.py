"""The first page of a group."""

from typing import Any

from members.page import Page, Sitting


class Home(Page):
    """What the treasurer sees first."""

    act = "see_group"
    template = "reports/home.html"
    tab = "home"

    def show(self, at: Sitting) -> dict[str, Any]:
        return {}
