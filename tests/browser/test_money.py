"""A form that moves money has one effect, however often it is sent, with scripts and without."""

import pytest
from django.urls import reverse

from ledger.models import Entry
from tests.browser.hands import taps_fast
from tests.browser.village import Village


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
