"""A browser, a village and a server that shows it, for the tests of pages.

No test here asks for `db`, `books` or `scratch`: while a browser is open, Django refuses a database in this thread.
What a test wants of the village's books it asks by `village.asks` or `village.does`.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from django.db import connections
from playwright.sync_api import Browser, Page

from config.trial import chromium
from tests.browser import village as villages
from tests.browser.site import served
from tests.browser.village import Village
from tests.browser.visits import Visits, browser
from tests.conftest import clone, drop, use_database
from tests.processes import environment

HERE = Path(__file__).resolve().parent
Opens = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if chromium() is None:
        lacking = pytest.mark.skip(reason="no Chromium here: ./test --setup-only --browser installs it")
        for item in items:
            if HERE in item.path.parents:
                item.add_marker(lacking)


@pytest.fixture(scope="session")
def village(template: str, django_db_blocker) -> Iterator[Village]:
    """This worker's own clone of the village. What a test changes in it stays, unless it asks for `restored`."""
    name, (kept, facts) = database_here(), villages.kept(template)

    @contextmanager
    def within() -> Iterator[None]:
        before = str(connections["default"].settings_dict["NAME"])
        with django_db_blocker.unblock():
            use_database(name)
            try:
                yield
            finally:
                use_database(before)

    drop(name)
    clone(name, kept)
    yield Village.told(facts, within)
    drop(name)


def database_here() -> str:
    return f"lumbung_visited_{os.getpid()}"


@pytest.fixture
def restored(village: Village, template: str) -> Iterator[None]:
    """For a test that changes the village: afterwards it is as before."""
    yield
    kept, _ = villages.kept(template)
    drop(database_here())
    clone(database_here(), kept)


@pytest.fixture(scope="session")
def site(village: Village, tmp_path_factory) -> Iterator[str]:
    """The address of this worker's server. It keeps no connection, so that its database can be put back."""
    env = environment(database_here()) | {"DATABASE_POOL": "false"}
    with served(env, tmp_path_factory.mktemp("site")) as url:
        yield url


@pytest.fixture(scope="package")
def chrome(template: str) -> Iterator[Browser]:
    """Open while tests of this folder follow one another; the template is there before, as it needs a database."""
    with browser() as opened:
        yield opened


@pytest.fixture
def visits(chrome: Browser, site: str, village: Village) -> Iterator[Visits]:
    """What the test opens; it fails when the browser complained of anything."""
    opened = Visits(chrome, site, village)
    yield opened
    opened.closes()
    assert opened.complaints == []


@pytest.fixture
def phone(visits: Visits) -> Opens:
    """`phone("treasurer")`: a tab on a phone of 360 × 740 on which she is signed in; without a word nobody is."""
    return partial(visits.opens, "phone")


@pytest.fixture
def narrow(visits: Visits) -> Opens:
    """A phone of 320 px."""
    return partial(visits.opens, "narrow")


@pytest.fixture
def desk(visits: Visits) -> Opens:
    """A screen of 1280 × 800 with mouse and keys."""
    return partial(visits.opens, "desk")


@pytest.fixture
def plain(visits: Visits) -> Opens:
    """A phone on which no script runs."""
    return partial(visits.opens, "plain")
