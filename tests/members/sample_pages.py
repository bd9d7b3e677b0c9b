"""The service's addresses and three pages more, which do what a page should not."""

from typing import Any

from django.db import connection
from django.urls import include, path

from config import urls
from ledger.errors import FutureDate
from members.page import Page, Sitting
from tests.door import TODAY


class Refusing(Page):
    act = "see_group"
    template = "reports/home.html"

    def show(self, at: Sitting) -> dict[str, Any]:
        raise FutureDate(effective_on=TODAY, today=TODAY)


class Broken(Page):
    act = "see_group"
    template = "reports/home.html"

    def show(self, at: Sitting) -> dict[str, Any]:
        raise AssertionError("Dewi owes 500")


class Cut(Page):
    """Its database goes while it reads."""

    act = "see_group"
    template = "reports/home.html"

    def show(self, at: Sitting) -> dict[str, Any]:
        with connection.cursor() as cursor:
            cursor.execute("select pg_terminate_backend(pg_backend_pid())")
        return {}


samples = [
    path("/refusing", Refusing.as_view(), name="refusing"),
    path("/broken", Broken.as_view(), name="broken"),
    path("/cut", Cut.as_view(), name="cut"),
]
urlpatterns = [path("k/<uuid:group_id>", include(samples)), *urls.urlpatterns]
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500
