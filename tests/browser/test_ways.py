"""The ways in, as hands do them: a code and a PIN, a PIN alone, a passkey, an app's code."""

import re

import pyotp
import pytest
from django.urls import reverse

from members.models import Factor
from tests.browser.checks import axe, indonesian, keyboard, looks_right, no_sideways, targets
from tests.browser.hands import signs_in_by_form, taps, virtual_authenticator
from tests.browser.village import Village

PIN = "724913"
CHECKS = (axe, no_sideways, indonesian, targets)


def ways(village: Village, place: str = "late") -> str:
    ids = village.ids[place]
    return reverse("p:member-ways", kwargs={"group_id": ids["group_id"], "member_id": ids["member_id"]})


def code_shown(officer, village: Village) -> str:
    """What the treasurer's phone shows for a member's."""
    officer.goto(ways(village))
    officer.get_by_role("button", name="Daftarkan HP").tap()
    return str(officer.locator(".code-big").inner_text())


def enrols(tab, code: str) -> None:
    tab.goto(f"/masuk/kode#{code}")
    for name in ("pin", "again"):
        tab.locator(f"[name={name}]").fill(PIN)
    tab.locator("button.primary").tap()
    tab.wait_for_url("**/k/**")


def test_a_code_from_the_officers_phone_fills_itself_in_and_a_pin_makes_it_hers(restored, village, phone):
    officer, hers = phone("treasurer"), phone()
    code = code_shown(officer, village)
    looks_right(officer, *CHECKS)

    hers.goto(f"/masuk/kode#{code}")
    assert hers.locator("[name=code]").input_value() == code
    assert "#" not in hers.url, "the address forgets it"
    looks_right(hers, *CHECKS)
    enrols(hers, code)

    assert "Partini" in hers.inner_text("main")


def test_a_code_is_typed_where_no_script_runs(restored, village, phone, plain):
    code, hers = code_shown(phone("treasurer"), village), plain()
    hers.goto("/masuk/kode")

    for name, value in (("code", code.lower()), ("pin", PIN), ("again", PIN)):
        hers.locator(f"[name={name}]").fill(value)
    hers.locator("button.primary").tap()

    hers.wait_for_url("**/k/**")


def test_from_a_link_to_her_balance_it_is_a_pin_and_two_taps(restored, village, phone):
    hers = phone()
    enrols(hers, code_shown(phone("treasurer"), village))
    hers.context.clear_cookies(name=re.compile("sessionid"))

    counted = taps(hers)
    hers.goto("/masuk")
    looks_right(hers, *CHECKS)
    hers.locator("[name=pin]").tap()
    hers.keyboard.type(PIN)
    hers.locator("button.primary").tap()
    hers.wait_for_url("**/k/**")

    assert counted.count <= 2
    assert re.search(r"Rp\d", hers.inner_text("main")), "her balance is on the first page"


@pytest.mark.parametrize("width", ["phone", "desk"])
def test_a_passkey_is_made_and_signs_her_in_without_a_name(restored, village, visits, width):
    tab = visits.opens(width)
    login = village.logins["chair"]
    with virtual_authenticator(tab) as device:
        signs_in_by_form(tab, login.username, login.password, at="/masuk/sandi?next=/akun/kunci")
        looks_right(tab, axe, no_sideways, indonesian, targets)
        tab.get_by_role("button", name="Pasang di sini").click()
        tab.wait_for_url(lambda url: "/akun/kunci" not in url)
        assert len(device.credentials) == 1

        tab.context.clear_cookies()
        tab.goto("/masuk")
        tab.get_by_role("link", name="Kunci sandi").click()
        device.recognises(False)
        tab.get_by_role("button", name="Buka dengan kunci sandi").click()
        tab.get_by_text("Tidak jadi.").wait_for()
        device.recognises(True)
        tab.get_by_role("button", name="Buka dengan kunci sandi").click()
        tab.wait_for_url("**/k/**")

    tab.goto("/akun")
    assert login.username in tab.inner_text("main")


def test_the_operator_sets_up_an_app_and_shows_its_code_the_next_time(restored, village, visits):
    tab, login = visits.opens("phone"), village.logins["operator"]
    signs_in_by_form(tab, login.username, login.password, at="/operator/login/?next=/operator/")
    looks_right(tab, *CHECKS)
    tab.get_by_role("link", name="Aplikasi kode").tap()
    tab.get_by_role("button", name="Sudah, lanjut").tap()
    tab.locator("summary").tap()
    app = pyotp.TOTP(tab.locator("code.secret").inner_text().replace(" ", "").upper())
    looks_right(tab, *CHECKS)
    tab.locator("[name=code]").fill(app.now())
    tab.locator("button.primary").tap()
    tab.wait_for_url("**/operator/")

    village.does(lambda: Factor.objects.update(step=0))  # half a minute later
    later = visits.opens("desk")
    signs_in_by_form(later, login.username, login.password, at="/operator/login/?next=/operator/")
    looks_right(later, axe, indonesian, targets, keyboard)
    later.locator("[name=code]").fill(app.now())
    later.locator("main button.primary").click()
    later.wait_for_url("**/operator/")

    assert "Pengguna" in later.inner_text("main, #content")
