"""The walk: every page that the table of addresses knows, as everybody, and how it looks to who may see it.

`./test --full` looks with everybody's eyes at every page, and at every width.
"""

from functools import partial

import pytest
from playwright.sync_api import Page

from members.access import ACTS
from tests.browser.checks import axe, indonesian, keyboard, looks_right, no_sideways, targets
from tests.browser.pages import OPERATORS_PAGES, PEOPLE, Answers, PageAddress, expected, pages
from tests.browser.visits import Visits
from tests.browser.wire import KB, REPEAT, on_the_wire, weight
from tests.conftest import FULL

PAGES = pages()
OF_A_GROUP = [page for page in PAGES if page.of_a_group]
# What Django's admin says in English (alt of its icons, names of its rows), and what it labels by a title alone.
DJANGOS_WORDS = ("search", "true", "false", "user", "group", "job")
DJANGOS_RULES = ("label-title-only", "empty-table-header")
SHOWN_TWICE = {"components": ("landmark-unique",)}
"""The page of components shows each of them in light and in dark."""
HEAVIER = {"components": 8 * KB}
"""What weighs more when it is opened again; for builders alone."""
EYES = PEOPLE if FULL else (None,)
"""None: the first who may see it."""


EMPTY = """() => [...document.querySelectorAll("main form[method=post] [required]")].map((field) => {
  field.value = "";
  field.checked = false;
}).length"""


def named(page: PageAddress) -> str:
    return page.name


@pytest.fixture(scope="module")
def answers(village, site) -> Answers:
    """Nothing on the walk changes the village, so that everybody needs one session and every page is asked once."""
    return Answers(village, site)


@pytest.fixture
def visits(chrome, site, answers):
    """As everywhere, but with the sessions of the walk: each tab is on a device that has never seen a page."""
    opened = Visits(chrome, site, session=answers.session)
    yield opened
    opened.closes()
    assert opened.complaints == []


@pytest.fixture(scope="module")
def walker(chrome, site, answers):
    opened = Visits(chrome, site, session=answers.session)
    yield opened
    opened.closes()


@pytest.fixture
def walks(walker):
    """Where it does not matter what a browser has kept, everybody goes from page to page in one tab."""
    yield walker.returns
    assert walker.told() == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_a_page_answers_who_may_see_it_and_nobody_else(page, village, answers):
    wrong = []
    for role in PEOPLE:
        wanted, answer = expected(page, role, village), answers.to(role, page.path(page.ids(village)))
        if answer not in wanted:
            wrong.append(f"{page.name} to {role}: {answer}, not {' or '.join(sorted(wanted))}")

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("page", [page for page in PAGES if page.of_a_member], ids=named)
def test_a_member_sees_nothing_of_another(page, village, answers):
    assert answers.to("member", page.path(village.ids["late"])) == "not there"


@pytest.mark.parametrize("page", OF_A_GROUP, ids=named)
def test_a_page_of_another_group_is_not_there(page, village, answers):
    elsewhere = page.ids(village) | {"group_id": village.ids["other"]["group_id"]}

    assert answers.to("treasurer", page.path(elsewhere)) == "not there"


@pytest.mark.parametrize("role", EYES)
@pytest.mark.parametrize("page", PAGES, ids=named)
def test_a_page_looks_right(page, role, village, answers, visits, walks):
    eyes, path = role or answers.first_eyes(page), page.path(page.ids(village))
    if eyes is None or answers.to(eyes, path) != "shown":
        return  # what it answers instead is asked above

    tab, but = visits.opens("phone", eyes), SHOWN_TWICE.get(page.name, ())
    with on_the_wire(tab) as first:
        tab.goto(path)
        looks_right(tab, partial(axe, but=but), no_sideways, indonesian, targets)
    with on_the_wire(tab) as again:
        tab.goto(path)
        on_a_desk(walks("desk", eyes), path, but)  # the time in which the phone may still ask for something

    weight(first)
    weight(again, most_bytes=HEAVIER.get(page.name, REPEAT))


def on_a_desk(tab: Page, path: str, but: tuple[str, ...]) -> None:
    tab.goto(path)
    # A choice shown in light and in dark is one choice to the keyboard: the page of components is not walked by it.
    looks_right(tab, partial(axe, but=but), indonesian, targets, *(() if but else (keyboard,)))


@pytest.mark.parametrize("page", OF_A_GROUP, ids=named)
def test_a_page_of_a_new_group_looks_right(page, village, walks):
    if not page.fits(village.ids["empty"]) or "treasurer" not in ACTS[page.act or ""]:
        return  # there is no such thing yet, or it is not hers
    tab = walks("phone", "newcomer")
    tab.goto(page.path(village.ids["empty"]))

    looks_right(tab, axe, no_sideways, indonesian, targets)


@pytest.mark.parametrize("page", [page for page in PAGES if page.has_form], ids=named)
def test_a_form_sent_empty_says_what_is_missing(page, village, answers, walks):
    eyes = answers.first_eyes(page)
    if eyes is None:
        return  # it leads on whoever has no need of it; what it answers is asked above
    tab = walks("phone", eyes)
    tab.goto(page.path(page.ids(village)))
    if not tab.evaluate(EMPTY):
        return  # a form that lacks nothing would be done
    with tab.expect_navigation() as answer:
        tab.evaluate("() => document.querySelector('main form[method=post]').submit()")

    assert answer.value is not None and answer.value.status in (400, 409)
    looks_right(tab, axe, no_sideways, indonesian, targets)


@pytest.mark.parametrize("device", ["phone", "desk"])
def test_a_page_that_is_not_there_looks_right(walks, device):
    tab = walks(device)
    answer = tab.goto("/nowhere")

    assert answer is not None and answer.status == 404
    looks_right(tab)


@pytest.mark.parametrize("path", OPERATORS_PAGES)
def test_an_operators_page_is_for_operators(answers, path):
    shown = [role for role in PEOPLE if answers.to(role, path) == "shown"]

    assert shown == ["operator"]


@pytest.mark.parametrize("path", OPERATORS_PAGES)
def test_an_operators_page_looks_right(walks, path):
    tab = walks("desk", "operator")
    tab.goto(path)

    looks_right(tab, partial(axe, but=DJANGOS_RULES), partial(indonesian, but=DJANGOS_WORDS), targets)
