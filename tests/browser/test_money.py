"""A form that moves money has one effect, however often it is sent, with scripts and without."""

import re

import pytest
from django.urls import resolve, reverse

from ledger.models import Entry
from tests.browser.hands import taps_fast
from tests.browser.pages import PageAddress, pages
from tests.browser.village import Village


def keyed(page: PageAddress, village: Village) -> bool:
    """Whether what its form says is recorded under a key."""
    view = getattr(resolve(page.path(page.ids(village))).func, "view_class", None)
    return page.name == "group-new" or getattr(view, "money", False)


def entries(village: Village) -> int:
    return int(village.asks(lambda: Entry.objects.filter(group_id=village.group_id).count()))


def fills_in(tab, village: Village) -> None:
    ids = {name: village.ids["full"][name] for name in ("group_id", "member_id")}
    tab.goto(reverse("p:deposit", kwargs=ids))
    tab.locator("label", has_text="Simpanan sukarela").tap()
    tab.locator("input.amount").fill("15000")


@pytest.mark.parametrize("device", ["phone", "plain"])
def test_ten_fast_taps_record_once(restored, village, visits, device):
    tab, before = visits.opens(device, "treasurer"), entries(village)

    fills_in(tab, village)
    taps_fast(tab, tab.locator("button.primary"))
    tab.wait_for_url("**/bukti/*")

    assert entries(village) == before + 1


@pytest.mark.parametrize("device", ["phone", "plain"])
def test_what_was_sent_is_not_recorded_again_after_going_back(restored, village, visits, device):
    tab, before = visits.opens(device, "treasurer"), entries(village)
    fills_in(tab, village)
    tab.locator("button.primary").tap()
    tab.wait_for_url("**/bukti/*")

    tab.go_back()
    if tab.locator("input.amount").count():  # as it was kept, filled in
        tab.locator("button.primary").tap()
    tab.wait_for_load_state()

    assert entries(village) == before + 1


def test_a_form_comes_with_its_key_in_one_journey_where_scripts_run(village, phone):
    tab, journeys = phone("treasurer"), []
    tab.goto(reverse("p:home", kwargs={"group_id": village.group_id}))
    tab.on("request", lambda one: journeys.append(one.url) if one.is_navigation_request() else None)

    with_key = [page for page in pages() if keyed(page, village)]
    assert len(with_key) >= 15
    for page in with_key:
        journeys.clear()
        tab.goto(page.path(page.ids(village)))
        forms = tab.locator("form.sheet[method=post]")
        assert len(journeys) == 1, page.name
        if forms.count():
            assert re.search(r"[?&]k=[0-9a-f-]{36}$", tab.url), page.name
            assert tab.evaluate("document.querySelector('form.sheet[method=post]').action") == tab.url, page.name


@pytest.mark.parametrize(
    ("keys", "stands", "posted"),
    [
        (["1250000"], "1.250.000", 1_250_000),
        (["1250000", "Backspace", "Backspace"], "12.500", 12_500),
        (["15000", "Backspace", "50"], "150.050", 150_050),
        (["15.000"], "15.000", 15_000),
        (["2jt"], "2jt", 2_000_000),
        (["1.5"], "1.5", None),
        (["20,000"], "20,000", None),
    ],
)
def test_an_amount_typed_key_by_key_is_the_amount_recorded(restored, village, phone, keys, stands, posted):
    tab, before = phone("treasurer"), entries(village)
    fills_in(tab, village)
    box = tab.locator("input.amount")
    box.fill("")

    for key in keys:
        tab.keyboard.press(key) if key == "Backspace" else box.press_sequentially(key)
    written = box.input_value()
    tab.locator("button.primary").tap()
    if posted is None:
        tab.locator(".field .said.bad").wait_for()
    else:
        sure = tab.get_by_role("button", name="Ya, benar")
        tab.wait_for_load_state()
        if sure.count():
            sure.tap()
        tab.wait_for_url("**/bukti/*")

    assert written == stands
    assert entries(village) == before + (posted is not None)
    if posted is not None:
        assert f"{posted:,}".replace(",", ".") in tab.inner_text("main")


@pytest.mark.parametrize("name", ["p:entry-reversal", "p:withdraw", "p:collect"])
def test_the_primary_act_stands_whole_above_the_navigation(village, phone, name):
    """Her thumb finds it before she has scrolled, wherever the form begins on the page."""
    tab = phone("treasurer")
    page = next(one for one in pages() if one.name == name)
    tab.goto(page.path(page.ids(village)))
    tab.wait_for_load_state()

    button, bar = tab.locator("main button.primary").bounding_box(), tab.locator(".tabs").bounding_box()

    assert button["y"] >= 0
    assert button["y"] + button["height"] <= bar["y"]


def test_what_is_wrong_comes_to_where_she_looks(village, phone):
    tab = phone("treasurer")
    fills_in(tab, village)
    tab.locator("input.amount").fill("1.5")
    tab.locator("button.primary").tap()
    wrong = tab.locator(".field .said.bad")
    wrong.wait_for()

    said, act = wrong.bounding_box(), tab.locator(".act").bounding_box()

    assert said["y"] >= 0
    assert said["y"] + said["height"] <= act["y"]
