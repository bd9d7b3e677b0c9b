"""Papers asked for on the page of what they are about, by a server as `./run` starts it."""

import pytest
from django.urls import reverse


@pytest.mark.parametrize("role", ["treasurer", "member"])
@pytest.mark.parametrize("name", ["agreement-paper", "loan-paper", "receipt-paper", "strip-paper"])
def test_a_paper_is_asked_for_by_one_button(restored, village, phone, name, role):
    tab, ids = phone(role), village.ids["full"]
    word = "command" if name in ("receipt-paper", "strip-paper") else "loan_id"

    tab.goto(reverse(f"p:{name}", kwargs={one: ids[one] for one in ("group_id", word)}))
    tab.locator("button.primary").tap()
    tab.wait_for_url("**/dokumen/*")

    assert tab.locator("h1").inner_text()
