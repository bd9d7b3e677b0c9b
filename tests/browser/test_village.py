"""The village, the visits, the hands and the scales, before any page relies on them."""

import pytest
from django.db import connections

from ledger import services as ledger
from ledger.commands import Answer, perform
from ledger.ids import uuid7
from ledger.models import Entry
from ledger.money import JournalLine
from members.access import CHAIR, MEMBER, OPERATOR, TREASURER
from members.models import Session
from tests.browser.hands import taps, virtual_authenticator
from tests.browser.pages import Answers, PageAddress, act_of, expected, pages, said
from tests.browser.village import ANONYMOUS, ROLES, Village
from tests.browser.visits import Visits
from tests.browser.wire import KB, Load, loaded, on_the_wire, slow, vitals, weight
from tests.cast import CASH, FEES


def test_everybody_has_a_seat_or_none(village):
    titles = {role: village.logins[role].titles for role in ROLES}

    assert titles["treasurer"] == {TREASURER, MEMBER}
    assert titles["chair"] == {CHAIR, MEMBER}
    assert titles["member"] == {MEMBER}
    assert titles["operator"] == {OPERATOR}
    assert titles["stranger"] is titles["newcomer"] is None


def test_the_books_are_asked_while_a_browser_is_open(village, phone):
    phone("treasurer").goto("/")
    hers = village.logins["treasurer"].user_id

    assert entries(village) > 60
    assert village.does(lambda: Session.objects.filter(user_id=hers).exists())


def test_the_database_of_the_other_tests_stays_theirs(village):
    before = connections["default"].settings_dict["NAME"]

    village.does(Session.objects.count)

    assert connections["default"].settings_dict["NAME"] == before


def entries(village: Village) -> int:
    return int(village.asks(lambda: Entry.objects.filter(group_id=village.group_id).count()))


@pytest.fixture(scope="module")
def counted() -> set[int]:
    return set()


@pytest.mark.parametrize("time", ["once", "again"])
def test_what_a_test_changed_is_put_back(restored, village, counted, time):
    lines = [JournalLine(CASH, debit=1_000), JournalLine(FEES, credit=1_000)]
    before, hers = entries(village), village.logins["treasurer"].user_id

    def act() -> Answer:
        from django.utils import timezone

        ledger.post_journal(village.group_id, effective_on=timezone.localdate(), memo="contoh", postings=lines)
        return Answer(201, {})

    village.does(lambda: perform(group_id=village.group_id, key=uuid7(), actor_id=hers, fingerprint=b"x" * 32, act=act))

    assert entries(village) == before + 1
    counted.add(before)
    assert len(counted) == 1


def test_a_session_is_hers(village, phone):
    tab = phone("operator")

    tab.goto("/operator/")

    assert "Pengguna" in tab.inner_text("#content")


def test_what_the_browser_complains_of_is_heard(visits, site):
    tab = visits.opens("desk")
    tab.goto("/")
    tab.evaluate("() => { document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">merah</p>') }")
    tab.evaluate("() => { setTimeout(() => { throw new Error('terlewat') }) }")
    tab.evaluate("() => fetch('/nowhere')")
    tab.wait_for_timeout(100)

    heard, visits.complaints[:] = list(visits.complaints), []
    for word in ("Content Security Policy", "terlewat", "/nowhere"):
        assert any(word in one for one in heard), heard


def test_a_tab_to_which_she_returns_has_kept_what_it_loaded_and_still_complains(chrome, site, village):
    visits = Visits(chrome, site, village)
    first = visits.returns("phone", "treasurer")
    loaded(first, "/")

    tab = visits.returns("phone", "treasurer")
    again = loaded(tab, "/")
    tab.evaluate("() => console.error('terlewat')")
    told = visits.told()
    visits.closes()

    assert tab is first and not any(address.endswith(".css") for address in again.asked)
    assert visits.returns("phone") is not tab
    assert len(told) == 1 and "terlewat" in told[0] and visits.told() == []
    visits.closes()


def test_a_plain_phone_runs_no_script(plain):
    tab = plain()
    tab.goto("data:text/html,<title>tanpa</title><script>document.title = 'dengan'</script>")

    assert tab.title() == "tanpa"


# Hands


def test_taps_are_counted_over_pages(phone):
    tab = phone()
    counted = taps(tab)
    tab.goto("/")
    tab.locator("h1").tap()
    tab.locator("h1").tap()
    tab.goto("/")
    tab.locator("h1").tap()

    assert counted.count == 3


CREATE = """async () => {
  const bytes = (text) => new TextEncoder().encode(text);
  const user = { id: bytes("siti"), name: "siti", displayName: "Siti" };
  const made = await navigator.credentials.create({ publicKey: {
    challenge: bytes("tantangan"), rp: { name: "Lumbung" }, user, pubKeyCredParams: [{ type: "public-key", alg: -7 }],
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
  } });
  return made.type;
}"""


def test_a_passkey_is_made_and_kept(phone):
    tab = phone()
    tab.goto("/")

    with virtual_authenticator(tab) as device:
        assert tab.evaluate(CREATE) == "public-key"
        assert len(device.credentials) == 1
        device.forgets()
        assert device.credentials == []
        device.recognises(False)
        assert "NotAllowedError" in tab.evaluate(f"() => ({CREATE})().catch(String)")


# Scales


def test_a_page_is_weighed_when_it_comes_and_when_it_is_kept(phone):
    tab = phone()

    first, again = loaded(tab, "/"), loaded(tab, "/")

    assert len(first.asked) >= 2 and first.bytes > again.bytes > 0
    style = next(size for address, size in first.asked.items() if address.endswith(".css"))
    assert 200 < style < tab.evaluate("() => document.styleSheets[0].ownerNode.sheet.cssRules.length") * 400
    assert not any(address.endswith(".css") for address in again.asked)


def test_what_a_page_asks_for_a_little_later_is_weighed_too(phone):
    tab = phone()

    with on_the_wire(tab) as load:
        tab.goto("/")
        tab.evaluate("() => void setTimeout(() => fetch('/healthz'), 300)")

    assert any(address.endswith("/healthz") for address in load.asked)


def test_what_takes_long_to_come_is_weighed_too(phone):
    tab = phone()
    tab.goto("/")
    slow(tab, milliseconds=900, cpu=1)

    with on_the_wire(tab) as load:
        tab.evaluate("() => void fetch('/healthz')")

    assert [address.rsplit("/", 1)[-1] for address in load.asked] == ["healthz"] and load.bytes > 0


def test_a_page_that_never_stops_asking_is_refused(phone):
    tab = phone()
    tab.goto("/")

    with pytest.raises(AssertionError, match="goes on asking"), on_the_wire(tab, patience=1):
        tab.evaluate("() => void setInterval(() => fetch('/healthz'), 100)")


def test_too_many_bytes_and_too_many_requests_are_refused():
    weight(Load(40 * KB, dict.fromkeys("abcdefgh", 5)))
    with pytest.raises(AssertionError, match="more than 40960 bytes"):
        weight(Load(40 * KB + 1, {}))
    with pytest.raises(AssertionError, match="more than 8 requests"):
        weight(Load(1, dict.fromkeys("abcdefghi", 0)))


def test_the_largest_thing_is_timed(phone):
    tab = phone()

    assert vitals(tab, "/").lcp > 0


# What the walk expects


def test_the_walk_knows_the_front_page():
    assert "home" in [page.name for page in pages()]
    assert not {"healthz", "schema", "operators:index"} & {page.name for page in pages()}


def test_a_page_is_asked_once_for_everybody_and_says_what_it_said(village, site):
    answers, page = Answers(village, site), PageAddress("p:home", ("group_id",), "see_group", False)
    path = page.path(page.ids(village))

    assert answers.first_eyes(page) == "treasurer"
    assert [answers.to(role, path) for role in (ANONYMOUS, "stranger")] == ["sign in", "not there"]
    assert answers.heard == {
        ("treasurer", path): "shown",
        (ANONYMOUS, path): "sign in",
        ("stranger", path): "not there",
    }
    answers.heard[ANONYMOUS, path] = "as before"
    assert answers.to(ANONYMOUS, path) == "as before"
    assert answers.session("treasurer") == answers.session("treasurer")


def test_an_unknown_word_in_an_address_asks_to_be_taught(village):
    page = PageAddress("cow", ("group_id", "cow_id"), "see_group", False)

    with pytest.raises(AssertionError, match=r"page cow: the walk does not know what to put for cow_id; teach it"):
        page.path(village.ids["full"])


def test_who_may_see_a_page_follows_from_its_act(village):
    page = PageAddress("journal", ("group_id",), "post_journal", False)

    assert {role: " ".join(expected(page, role, village)) for role in (ANONYMOUS, *ROLES)} == {
        ANONYMOUS: "sign in",
        "treasurer": "shown",
        "chair": "not allowed",
        "secretary": "not allowed",
        "member": "not allowed",
        "stranger": "not there",
        "newcomer": "not there",
        "operator": "not allowed",
        "lender": "not allowed",
    }


def test_a_page_below_a_group_has_to_declare_its_act(village):
    with pytest.raises(AssertionError, match="declares no act"):
        expected(PageAddress("cow", ("group_id",), None, False), "treasurer", village)


def test_an_act_is_found_wherever_a_view_declares_it():
    def view() -> None: ...

    assert act_of(view) is None
    view.act = "see_group"  # type: ignore[attr-defined]
    assert act_of(view) == "see_group"

    class Page:
        def get(self) -> None: ...

        get.rule = type("Rule", (), {"act": "see_books"})  # type: ignore[attr-defined]

    def served() -> None: ...

    served.view_class = Page  # type: ignore[attr-defined]
    assert act_of(served) == "see_books"


def test_what_came_back_is_said_in_the_same_words():
    answers = [(200, ""), (302, "/masuk?next=/k/"), (302, "/akun"), (403, ""), (404, ""), (405, ""), (500, "")]

    assert [said(answer) for answer in answers] == [
        *("shown", "sign in", "leads on", "not allowed", "not there", "takes no GET", "status 500"),
    ]
