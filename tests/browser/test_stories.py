"""What people do with Lumbung, from the first tap to what stands in the books: on a phone of 360 × 740, without
scripts, and with the keyboard alone."""

import re
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page

from ledger.models import Entry, Posting
from loans.models import Loan, Purchase, Repayment
from members import queries
from members.models import Group
from savings import queries as savings
from tests.browser.hands import picks, reaches, signs_in_by_form, taps
from tests.browser.village import Village
from tests.browser.wire import KB, loaded, weight

CASH = "1-1010"
RUPIAH = re.compile(r"Rp(\d{1,3}(?:\.\d{3})*)")
SECRET = re.compile(r"https?://|[0-9a-f]{8}-[0-9a-f]{4}|[A-Za-z0-9_-]{24,}")


def home(village: Village) -> str:
    return reverse("p:home", kwargs={"group_id": village.group_id})


def rupiah(text: str) -> int:
    """The first amount that stands there."""
    found = RUPIAH.search(text)
    assert found, text
    return int(found[1].replace(".", ""))


def latest(village: Village) -> Entry:
    found = village.asks(lambda: Entry.objects.filter(group_id=village.group_id).order_by("seq").last())
    assert found is not None
    return found


def cash_of(village: Village, entry: Entry) -> tuple[int, int]:
    """What an act brought into the cash box, and what it took out of it, over all its entries."""

    def asked() -> tuple[int, int]:
        act = Entry.objects.filter(group_id=village.group_id, command_id=entry.command_id)
        legs = Posting.objects.filter(group_id=village.group_id, entry__in=list(act), account__code=CASH)
        return sum(leg.debit for leg in legs), sum(leg.credit for leg in legs)

    return village.asks(asked)


def row(tab: Page, name: str) -> Locator:
    return tab.locator("main a.row").filter(has_text=name).first


def consents(tab: Page, village: Village, role: str = "chair") -> None:
    """Another officer's PIN on this phone."""
    boxes = tab.locator("select[name=second_officer]")
    boxes.select_option(index=[one.strip() for one in boxes.locator("option").all_inner_texts()].index(name_of(role)))
    pin = village.logins[role].pin
    assert pin is not None
    tab.locator("input[name=second_pin]").fill(pin)


def name_of(role: str) -> str:
    return {"chair": "Siti Aminah, ketua", "secretary": "Lestari, sekretaris"}[role]


def presses(tab: Page) -> None:
    """The one primary act of the screen."""
    with tab.expect_navigation():
        tab.locator("main .primary").last.click()


# Taps on a phone


def test_a_member_sees_her_balance_at_once(village, phone):
    """On a phone that knows her: no tap at all."""
    tab = phone("member")
    counted, hers = taps(tab), UUID(village.ids["full"]["member_id"])

    weight(loaded(tab, "/"), most_bytes=25 * KB)

    saved = village.asks(lambda: sum(savings.savings_of(village.group_id, hers).values()))
    assert saved and rupiah(tab.locator(".big").first.inner_text()) == saved
    assert counted.count <= 2


def test_the_treasurer_takes_what_is_due_in_four_taps(restored, village, phone):
    tab = phone("treasurer")
    counted = taps(tab)
    tab.goto(home(village))

    tab.get_by_role("link", name="Terima uang").tap()
    row(tab, "Partini").tap()
    due = rupiah(tab.locator("[data-fill]").inner_text())
    tab.locator("[data-fill]").tap()
    tab.get_by_role("button", name="Catat", exact=True).tap()
    tab.wait_for_url("**/bukti/*")

    assert counted.count <= 4
    assert cash_of(village, latest(village)) == (due, 0)


def test_a_receipt_by_whatsapp_says_what_the_ledger_says(restored, village, phone):
    tab = phone("treasurer")
    tab.goto(reverse("p:collect", kwargs={name: village.ids["full"][name] for name in ("group_id", "member_id")}))
    boxes = tab.locator("main form input.amount")
    names = [boxes.nth(number).get_attribute("name") or "" for number in range(boxes.count())]
    tab.locator("input[name=simpanan_wajib]").fill("20.000")
    tab.locator(f"input[name={next(name for name in names if name.startswith('pinjaman_'))}]").fill("107.500")
    presses(tab)

    sent = urlsplit(tab.get_by_role("link", name="Kirim WhatsApp").get_attribute("href") or "")
    [text] = parse_qs(sent.query)["text"]
    entry = latest(village)

    assert sent.netloc == "wa.me" and sent.path == "/6281200000104"
    assert cash_of(village, entry) == (127_500, 0)
    assert [rupiah(line) for line in text.split("\n") if line.startswith("*Diterima")] == [127_500]
    assert "Simpanan wajib: Rp20.000" in text and "Rp107.500" in text
    assert "seratus dua puluh tujuh ribu lima ratus rupiah" in text.lower()
    assert not SECRET.search(text)


LINES = (
    ("Bambu", "40", "batang", "8000", 8_000),
    ("Rotan", "10", "kg", "15000", 14_000),
    ("Paku", "2", "kg", "20000", 20_000),
)
"""Material, quantity, unit, price as planned and as paid: 510.000 planned, 500.000 paid."""


def test_a_loan_for_raw_material_takes_forty_taps_in_all(restored, village, phone):
    treasurer, chair, secretary = (phone(role) for role in ("treasurer", "chair", "secretary"))
    counted = [taps(tab) for tab in (treasurer, chair, secretary)]

    treasurer.goto(home(village))
    asks_for_a_loan(treasurer)
    for tab in (chair, secretary):
        tab.goto(home(village))
        votes(tab)
    picked = disburses(treasurer)

    print("taps", [one.count for one in counted], "and", PICKED, "in the list of members")
    assert sum(one.count for one in counted) + PICKED <= 40
    lent, spent, entry = in_the_books(village)
    assert spent == sum(int(quantity) * paid for _, quantity, _, _, paid in LINES)
    assert spent + picked == lent
    assert cash_or_bank(village, entry) == lent


PICKED = 1
"""Her name in the phone's own list, which no page hears."""


def asks_for_a_loan(tab: Page) -> None:
    tab.get_by_role("link", name="Pinjaman", exact=True).tap()
    tab.get_by_role("link", name="Ajukan pinjaman").tap()
    picks(tab.locator("select[name=member_id]"), "Bu Rohani")
    for number, (item, quantity, unit, price, _) in enumerate(LINES):
        for name, typed in (("item", item), ("quantity", quantity), ("unit", unit), ("price", price)):
            box = tab.locator(f"input[name={name}-{number}]")
            box.tap()
            tab.keyboard.type(typed)
    tab.get_by_role("button", name="Ajukan", exact=True).tap()
    tab.get_by_text("Pengajuan tercatat").wait_for()


def votes(tab: Page) -> None:
    row(tab, "Pinjaman menunggu").tap()
    row(tab, "Bu Rohani").tap()
    tab.locator("main .act .primary").tap()
    tab.get_by_role("button", name="Setujui").tap()
    tab.locator(".said.success").wait_for()


def disburses(tab: Page) -> int:
    """What is handed to her as the shop was cheaper."""
    tab.get_by_role("link", name="Pinjaman", exact=True).tap()
    row(tab, "Bu Rohani").tap()
    tab.get_by_role("link", name="Cairkan").tap()
    tab.get_by_text("Langsung ke toko").tap()
    for number, (_, _, _, planned, paid) in enumerate(LINES, start=1):
        if int(planned) != paid:
            box = tab.locator(f"input[name=price-{number}]")
            box.tap()
            tab.keyboard.press("Control+A")
            tab.keyboard.type(str(paid))
    saved = tab.get_by_text("Lebih murah dari rencana")
    saved.wait_for()  # the page counts by itself, while she looks
    returned = rupiah(tab.locator("#preview").inner_text().split("Lebih murah dari rencana")[1])
    tab.get_by_text("Diberikan tunai").tap()
    tab.get_by_role("button", name=re.compile("^Cairkan Rp")).tap()
    tab.wait_for_url("**/bukti/*")
    return returned


def in_the_books(village: Village) -> tuple[int, int, Entry]:
    """What was lent last, what its lines cost, and the entry."""

    def asked() -> tuple[int, int, Entry]:
        loan = Loan.objects.filter(group_id=village.group_id, status="active").latest("number")
        lines = Purchase.objects.filter(group_id=village.group_id, loan=loan)
        assert loan.disbursement_entry_id is not None
        entry = Entry.objects.get(group_id=village.group_id, id=loan.disbursement_entry_id)
        return loan.principal, int(sum(line.quantity * (line.bought_at or 0) for line in lines)), entry

    return village.asks(asked)


def cash_or_bank(village: Village, entry: Entry) -> int:
    """What went out by an entry."""

    def asked() -> int:
        legs = Posting.objects.filter(group_id=village.group_id, entry=entry, account__code__in=(CASH, "1-1110"))
        return sum(leg.credit - leg.debit for leg in legs)

    return village.asks(asked)


def test_an_improbable_amount_is_asked_about_once(restored, village, phone):
    tab, before = phone("treasurer"), latest(village).seq
    tab.goto(reverse("p:collect", kwargs={name: village.ids["full"][name] for name in ("group_id", "member_id")}))
    tab.locator("input[name=simpanan_wajib]").fill("200000")
    tab.get_by_role("button", name="Catat", exact=True).tap()
    asked = tab.locator(".said.ask")
    asked.wait_for()
    said, then = asked.inner_text(), latest(village).seq
    tab.get_by_role("button", name="Ya, benar").tap()
    tab.wait_for_url("**/bukti/*")

    assert "benar Rp200.000?" in said
    assert (then, latest(village).seq) == (before, before + 1)
    assert cash_of(village, latest(village)) == (200_000, 0)


# Without scripts


def test_a_treasurers_evening_needs_no_script(restored, village, plain):
    lower = lambda: Group.objects.filter(id=village.group_id).update(single_officer_limit=30_000)  # noqa: E731
    village.asks(lower)
    tab, login = plain(), village.logins["treasurer"]
    signs_in_by_form(tab, login.username, login.password, at="/masuk/sandi")

    collects(tab, village)
    withdraws(tab, village)
    corrects(tab, village)
    asks_without_script(tab, village)
    closes_the_month(tab, village)


def collects(tab: Page, village: Village) -> None:
    tab.goto(home(village))
    tab.get_by_role("link", name="Terima uang").click()
    row(tab, "Partini").click()
    due = rupiah(tab.locator("[data-fill]").inner_text())
    tab.locator("[data-fill]").click()
    presses(tab)

    assert "/bukti/" in tab.url
    assert cash_of(village, latest(village)) == (due, 0)


def withdraws(tab: Page, village: Village) -> None:
    tab.goto(reverse("p:withdraw", kwargs={name: village.ids["full"][name] for name in ("group_id", "member_id")}))
    tab.get_by_text("Simpanan sukarela", exact=True).last.click()
    tab.locator("input.amount").fill("50.000")
    presses(tab)
    assert "perlu dua pengurus" in tab.inner_text("main")
    consents(tab, village)
    presses(tab)

    assert "/bukti/" in tab.url
    assert cash_of(village, latest(village)) == (0, 50_000)


def corrects(tab: Page, village: Village) -> None:
    wrong = latest(village)
    tab.goto(reverse("p:entry", kwargs={"group_id": village.group_id, "entry_id": wrong.id}))
    tab.get_by_role("link", name="Koreksi").click()
    tab.get_by_text("Salah jumlah").click()
    tab.locator("input[name=words], textarea[name=words]").fill("tertulis Rp50.000, seharusnya Rp5.000")
    presses(tab)

    assert "Catatan dibatalkan" in tab.inner_text("main")
    assert cash_of(village, latest(village)) == (50_000, 0)


def asks_without_script(tab: Page, village: Village) -> None:
    tab.goto(reverse("p:loan-new", kwargs={"group_id": village.group_id}))
    tab.locator("select[name=member_id]").select_option(label="Bu Tumini")
    for name, typed in (("item", "Beras ketan"), ("quantity", "12,5"), ("unit", "kg"), ("price", "16.000")):
        tab.locator(f"input[name={name}-0]").fill(typed)
    tab.get_by_role("button", name="Hitung", exact=True).click()
    assert "Rp200.000" in tab.locator("#quote").inner_text()
    presses(tab)

    assert "Pengajuan tercatat" in tab.inner_text("main")


def closes_the_month(tab: Page, village: Village) -> None:
    tab.goto(reverse("p:months", kwargs={"group_id": village.group_id}))
    presses(tab)
    consents(tab, village)
    presses(tab)

    assert "ditutup" in tab.locator(".said.success").inner_text()


# With keys alone


@pytest.mark.parametrize("device", ["phone", "desk"])
def test_keys_alone_take_in_money(restored, village, visits, device):
    tab, login = visits.opens(device), village.logins["treasurer"]
    tab.goto("/masuk/sandi")
    reaches(tab, tab.locator("input[name=username]"))
    tab.keyboard.type(login.username)
    reaches(tab, tab.locator("input[name=password]"))
    tab.keyboard.type(login.password)
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/k/*")

    for link in (tab.get_by_role("link", name="Terima uang"), row(tab, "Partini"), tab.locator("[data-fill]")):
        reaches(tab, link)
        tab.keyboard.press("Enter")
        tab.wait_for_load_state()
    due = rupiah(tab.locator("[data-fill]").inner_text())
    reaches(tab, tab.get_by_role("button", name="Catat", exact=True))
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/bukti/*")

    assert cash_of(village, latest(village)) == (due, 0)


# On a phone that several share


def test_after_she_left_the_back_button_shows_nobodys_page(village, phone):
    tab, login = phone(), village.logins["treasurer"]
    signs_in_by_form(tab, login.username, login.password, at="/masuk/sandi")
    tab.goto(home(village))
    tab.goto(reverse("p:member", kwargs={name: village.ids["late"][name] for name in ("group_id", "member_id")}))
    assert "Partini" in tab.inner_text("main")
    tab.goto("/akun")
    with tab.expect_navigation():
        tab.get_by_role("button", name="Keluar").first.tap()

    for _ in range(3):
        tab.go_back()
        tab.wait_for_load_state()
        seen = tab.inner_text("body")
        assert "Partini" not in seen and "Tunggakan" not in seen and not RUPIAH.search(seen), tab.url


# What the demonstration shows


READ = """async ([path, found]) => {
  const answer = await fetch(path);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return [answer.status, [...page.querySelectorAll(found)].map(%s)];
}"""
ROW = """one => [one.querySelector("a").getAttribute("href"), one.querySelector(".amount").textContent]"""
SAID = """one => [one.querySelector("h1"), one.querySelector(".big"), one.querySelectorAll("p")[1].firstChild]
  .map(part => part.textContent.trim())"""


def receipts_on(tab: Page, path: str) -> list[tuple[str, int]]:
    """The receipts that rows of this page lead to, each with the amount of its row."""
    status, rows = tab.evaluate(READ % ROW, [path, "main .rows li:has(a[href*='/bukti/'])"])
    assert status == 200, path
    return [(there, rupiah(amount)) for there, amount in rows]


def receipt_at(tab: Page, path: str) -> tuple[str, str, int]:
    """What a receipt says: which way the money went, whose it was, and how much."""
    status, said = tab.evaluate(READ % SAID, [path, ".done"])
    assert status == 200, path
    [[way, amount, whose]] = said
    return way, whose, rupiah(amount)


def test_every_receipt_in_the_demonstration_is_of_her_and_of_what_she_brought_then(village, desk, phone):
    """From each member's book and each loan: her name, and the sum of that one act."""
    group_id = village.group_id

    def asked() -> tuple[dict[UUID, str], list[tuple[UUID, str]], int]:
        women = {one.id: f"{one.person.name} (no. {one.number})" for one in queries.members(group_id)}
        borrowed = [(one.id, women[one.member_id]) for one in Loan.objects.filter(group_id=group_id)]
        return women, borrowed, Repayment.objects.filter(group_id=group_id).count()

    women, borrowed, repaid = village.asks(asked)
    assert repaid
    tab, sums = desk("treasurer"), dict[str, tuple[str, int]]()
    tab.goto(home(village))
    for id, name in women.items():
        for there, amount in receipts_on(tab, reverse("p:passbook", args=[group_id, id])):
            before = sums.get(there, (name, 0))
            sums[there] = name, before[1] + amount
            assert before[0] == name
    assert len(sums) == 3 * len(women)
    for id, name in borrowed:
        for there, amount in receipts_on(tab, reverse("p:loan", args=[group_id, id])):
            assert there not in sums
            sums[there] = name, amount
    assert len(sums) == 3 * len(women) + repaid

    for there, (name, amount) in sums.items():
        assert receipt_at(tab, there) == ("Diterima", name, amount), there

    hers, mine = village.ids["full"], phone("member")
    mine.goto(home(village))
    book = reverse("p:passbook", args=[group_id, hers["member_id"]])
    loan = reverse("p:loan", args=[group_id, hers["loan_id"]])
    own = {there for path in (book, loan) for there, _ in receipts_on(mine, path)}
    assert own == {there for there, (name, _) in sums.items() if name == women[UUID(hers["member_id"])]}
    for there in own:
        assert receipt_at(mine, there) == ("Diterima", *sums[there]), there
