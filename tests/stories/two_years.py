"""Two years of JARBANGSRI over HTTP, from January 2024 to December 2025: twenty-five women, their savings and loans.

Every month goes the same way: instalments come on the 1st, the group meets on the 5th, things happen, and on the last
day two officers close the month. What happens stands in `LIFE`; the figures it must end in stand in `test_two_years`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.door import Answer, Kelompok

FIRST_DAY = date(2024, 1, 2)
NEIGHBOURS = (
    *("ani", "asih", "eka", "endah", "ida", "lastri", "lilis", "mira", "murni", "nur", "ratna", "siti", "sri"),
    *("sumi", "tini", "tuti", "umi", "wiwik", "yanti"),
)
LEBARAN = ("asih", "eka", "endah", "ida", "lastri")
MONTHS = [f"{year}-{month:02}" for year in (2024, 2025) for month in range(1, 13)]
CASH, GRANT, MEALS = "1-1010", "3-1030", "5-2030"


def months(first: str, last: str) -> list[str]:
    """From one month to another, both inclusive."""
    return [month for month in MONTHS if first <= month <= last]


def last_day(month: str) -> date:
    following = MONTHS.index(month) + 1
    first = date.fromisoformat(f"{MONTHS[following]}-01") if following < len(MONTHS) else date(2026, 1, 1)
    return date.fromordinal(first.toordinal() - 1)


@dataclass
class Lent:
    """A loan, and what is agreed to come for it on the 1st of a month."""

    path: str
    agreed: dict[str, int]


@dataclass
class Story:
    """The group, and short ways to say what its treasurer writes down."""

    group: Kelompok
    loans: dict[str, Lent] = field(default_factory=dict)
    here: set[str] = field(default_factory=set)
    entries: dict[str, str] = field(default_factory=dict)

    @classmethod
    def lived(cls) -> "Story":
        story = cls(Kelompok.opened(joined=FIRST_DAY))
        for person in NEIGHBOURS:
            story.group.joins(person)
        story.here = set(story.group.members)
        for month in MONTHS:
            story.instalments_come(month)
            story.meets(month)
            for happens in LIFE.get(month, ()):
                happens(story)
            story.closes(month)
        return story

    # -- every month --------------------------------------------------------------------------------------------------

    def instalments_come(self, month: str) -> None:
        for person, loan in self.loans.items():
            if month in loan.agreed:
                self.repays(person, loan.agreed[month], f"{month}-01")

    def meets(self, month: str) -> None:
        """Everybody brings her wajib, and the group eats. In the first month it begins; Yuni's purse is empty in the
        last three."""
        if month == MONTHS[0]:
            begins(self)
        wajib = 10_000 if month < "2025-01" else 15_000
        for person in sorted(self.here - ({"yuni"} if month >= "2025-10" else set())):
            self.saves(person, wajib, f"{month}-05", "wajib")
        self.writes(MEALS, CASH, 50_000, f"{month}-05")

    def closes(self, month: str) -> None:
        self.made(
            self.group.budi.posts(f"{self.group.path}/periods/{month}/close", {"second": self.group.second()}), 200
        )

    # -- what the treasurer writes ------------------------------------------------------------------------------------

    def made(self, answer: Answer, status: int = 201) -> Answer:
        assert answer.status == status, answer.body
        return answer

    def pays(self, path: str, body: dict[str, Any]) -> Answer:
        return self.made(self.group.budi.pays(f"{self.group.path}/{path}", body))

    def writes(self, debited: str, credited: str, amount: int, on: str) -> None:
        self.pays("ledger/entries", self.group.journal(debited, credited, amount, on=on))

    def changes(self, product: str, **terms: Any) -> None:
        found = self.group.budi.gets(f"{self.group.path}/savings/products")["results"]
        [id] = [one["id"] for one in found if one["code"] == product]
        self.made(self.group.budi.patches(f"{self.group.path}/savings/products/{id}", terms), 200)

    def saves(self, person: str, amount: int, on: str, product: str = "sukarela") -> Answer:
        return self.pays("savings/deposits", self.money(person, amount, on, product))

    def takes_out(self, person: str, amount: int, on: str) -> Answer:
        return self.pays("savings/withdrawals", self.money(person, amount, on, "sukarela"))

    def money(self, person: str, amount: int, on: str, product: str) -> dict[str, Any]:
        member = str(self.group.members[person])
        return {"member_id": member, "product": product, "amount": amount, "effective_on": on}

    def takes_back(self, made: Answer, reason: str) -> Answer:
        return self.pays(f"entries/{made['entry_id']}/reversal", {"reason": reason})

    def offers(self, code: str, **rules: Any) -> None:
        body = {"code": code, "name": code.capitalize()} | rules
        self.made(self.group.budi.posts(f"{self.group.path}/loan-products", body))

    def lends(
        self, person: str, principal: int, percent: str, method: str, installments: int, on: str, **more: Any
    ) -> Lent:
        """Asked for, approved by chair and secretary, and paid out. `agreed`: what comes for it and when;
        `paid_out`: how it is paid out, cash unless told."""
        agreed, paid_out = more.pop("agreed"), more.pop("paid_out", {})
        terms = {"rate": {"percent": percent, "per": "month"}, "method": method, "installments": installments}
        body = {"member_id": str(self.group.members[person]), "purpose": "Usaha", "principal": principal} | terms | more
        loan = Lent(f"loans/{self.made(self.group.budi.posts(f'{self.group.path}/loans', body))['id']}", agreed)
        for officer in ("sari", "rina"):
            path = f"{self.group.path}/{loan.path}/approvals"
            self.made(self.group.phones[officer].posts(path, {"decision": "approve"}))
        self.pays(f"{loan.path}/disbursement", {"disbursed_on": on} | paid_out)
        self.loans[person] = loan
        return loan

    def repays(self, person: str, amount: int, on: str) -> Answer:
        return self.pays(f"{self.loans[person].path}/repayments", {"amount": amount, "paid_on": on})

    # -- what can be asked --------------------------------------------------------------------------------------------

    def asks(self, path: str) -> Any:
        return self.made(self.group.budi.gets(f"{self.group.path}/{path}"), 200).body

    def balance(self, person: str, as_of: str) -> Any:
        return self.asks(f"members/{self.group.members[person]}/balance?as_of={as_of}")

    def loan(self, person: str) -> Any:
        return self.asks(self.loans[person].path)

    def accounts(self, as_of: str) -> dict[str, int]:
        """Every account that ever moved, by code, on its own side."""
        rows = self.asks(f"ledger/trial-balance?as_of={as_of}")["rows"]
        return {row["account"]: row["balance"] for row in rows}

    def under(self, parent: str, as_of: str) -> int:
        """The sum of the leaves under an account."""
        return sum(amount for code, amount in self.accounts(as_of).items() if code.startswith(f"{parent}."))


# ── what happens ────────────────────────────────────────────────────────────────────────────────────────────────────


def begins(story: Story) -> None:
    """A grant, the terms, and everybody's pokok. Sukarela earns 3,65% a year: a ten-thousandth of the balance a day."""
    story.writes(CASH, GRANT, 20_000_000, "2024-01-02")
    story.changes("pokok", amount=50_000)
    story.changes("wajib", amount=10_000)
    story.changes("sukarela", rate="3.65")
    story.offers("harian", penalty={"per": "day", "amount": 1_000, "grace_days": 3})
    story.offers("bulanan", penalty={"per": "month", "percent": "1"})
    story.offers("luwes", flat_rebate="unearned")
    for person in sorted(story.here):
        story.saves(person, 50_000, "2024-01-05", "pokok")


def dewi_saves_a_million(story: Story) -> None:
    story.saves("dewi", 1_000_000, "2024-01-05")


def dewi_buys_soybeans_cheaper_than_planned(story: Story) -> None:
    """250 kg at 12.000 were planned, 11.600 is paid: the 100.000 between are not lent. Flat on 2.900.000."""
    soybeans = {"item": "Kedelai", "quantity": "250", "unit": "kg", "unit_price": 12_000, "supplier": "Toko Makmur"}
    paid_out = {
        "channel": "supplier",
        "purchases": [{"line": 1, "actual_unit_price": 11_600}],
        "difference": "principal",
    }
    agreed = dict.fromkeys(months("2024-03", "2024-12"), 333_500)
    story.lends(
        *("dewi", 3_000_000, "1.5", "flat", 10, "2024-02-01"),
        purchases=[soybeans],
        paid_out=paid_out,
        agreed=agreed,
    )


def lilis_borrows_with_falling_interest(story: Story) -> None:
    agreed = {month: 124_000 - 2_000 * place for place, month in enumerate(months("2024-04", "2025-03"))}
    story.lends("lilis", 1_200_000, "2", "equal_principal", 12, "2024-03-01", agreed=agreed)


def watis_wajib_is_written_ten_times_too_high(story: Story) -> None:
    """It is seen while the month is open: taken back under its own day, and written again."""
    wrong = story.saves("wati", 100_000, "2024-03-06", "wajib")
    mirror = story.takes_back(wrong, "salah tulis nol")
    assert mirror["effective_on"] == "2024-03-06"


def nur_borrows_as_an_annuity(story: Story) -> None:
    agreed = dict.fromkeys(months("2024-06", "2024-09"), 325_303)
    story.lends("nur", 3_000_000, "1.5", "annuity", 10, "2024-05-01", agreed=agreed)


def tini_borrows_until_the_harvest(story: Story) -> None:
    terms = {"every": 4, "unit": "month", "agreed": {"2024-10": 2_120_000}}
    story.lends("tini", 2_000_000, "1.5", "bullet", 1, "2024-06-01", **terms)


def dewi_takes_400_thousand_out(story: Story) -> None:
    story.takes_out("dewi", 400_000, "2024-07-10")


def yuni_borrows_with_a_penalty_by_the_day(story: Story) -> None:
    agreed = dict.fromkeys(["2024-10", *months("2024-12", "2025-03")], 106_000)
    story.lends("yuni", 600_000, "1", "flat", 6, "2024-09-01", product="harian", agreed=agreed)


def nur_pays_off_early(story: Story) -> None:
    """After four instalments she owes 1.853.307, and 27.800 of this month."""
    owed = story.asks(f"{story.loans['nur'].path}/payoff?on=2024-10-01")
    assert (owed["principal"], owed["interest"], owed["total"]) == (1_853_307, 27_800, 1_881_107)

    story.repays("nur", owed["total"], "2024-10-01")

    assert story.loan("nur")["status"] == "paid_off"


def yuni_is_a_week_late(story: Story) -> None:
    """Due on the 1st, three days of grace: the 5th, 6th, 7th and 8th cost 1.000 each."""
    taken = story.repays("yuni", 110_000, "2024-11-08")
    assert taken["allocation"] == {"penalty": 4_000, "fee": 0, "interest": 6_000, "principal": 100_000, "excess": 0}


def wajib_goes_up(story: Story) -> None:
    story.changes("wajib", amount=15_000, from_on="2025-01-01")


def tuti_and_sri_borrow_alike(story: Story) -> None:
    for person, missed in (("tuti", {"2025-03", "2025-05"}), ("sri", {"2025-03"})):
        agreed = {month: 112_000 for month in months("2025-02", "2025-12") if month not in missed}
        story.lends(person, 1_200_000, "1", "flat", 12, "2025-01-01", agreed=agreed)


def sris_money_is_written_under_tuti(story: Story) -> None:
    story.entries["wrong"] = story.repays("tuti", 112_000, "2025-03-01")["entry_id"]
    assert story.balance("sri", "2025-03-02")["loans"][0]["arrears"] == 112_000


def dewi_saves_again(story: Story) -> None:
    story.saves("dewi", 250_000, "2025-03-05")


def mira_borrows(story: Story) -> None:
    """She gets back what a flat loan has not earned when she pays it off early."""
    agreed = dict.fromkeys(months("2025-04", "2025-06"), 55_000)
    story.lends("mira", 500_000, "1", "flat", 10, "2025-03-01", product="luwes", agreed=agreed)


def mira_saves_half_a_million(story: Story) -> None:
    story.saves("mira", 500_000, "2025-04-01")


def sris_money_is_found_after_march_and_april_are_closed(story: Story) -> None:
    """The mirror bears the first open day, and what her closed months looked like stays. Tuti then owes what she never
    paid: what fell due in April, and in May."""
    before = story.accounts("2025-04-30")
    wrong = {"entry_id": story.entries["wrong"]}
    mirror = story.takes_back(Answer(201, {}, wrong), "uang Bu Sri, bukan Bu Tuti")
    assert mirror["effective_on"] == "2025-05-01"
    refused = story.group.budi.pays(
        f"{story.group.path}/{story.loans['sri'].path}/repayments", {"amount": 112_000, "paid_on": "2025-03-01"}
    )
    assert (refused.code, refused["first_open_on"]) == ("period_closed", "2025-05-01")

    story.repays("sri", 112_000, "2025-05-02")

    assert story.accounts("2025-04-30") == before
    assert story.balance("tuti", "2025-05-04")["loans"][0]["arrears"] == 224_000
    assert story.balance("sri", "2025-05-04")["loans"][0]["arrears"] == 0
    story.repays("tuti", 224_000, "2025-05-05")


def mira_moves_away(story: Story) -> None:
    """On 20 June she owes 350.000 and 5.000 of the month that has begun: her savings pay it, the rest is hers.

    Pokok 50.000, wajib 12 × 10.000 + 6 × 15.000 = 210.000; sukarela 500.000 earns in April 30 × 50 = 1.500, in May
    31 × 50,15 = 1.554,65 → 1.555, in June to the 19th 19 × 50,3055 = 955,80 → 956: 504.011. Together 764.011.
    """
    left = story.pays(
        f"members/{story.group.members['mira']}/leave", {"left_on": "2025-06-20", "second": story.group.second()}
    )
    assert (left["offset_against_loan"], left["paid_out"]) == (355_000, 409_011)
    assert story.loan("mira")["status"] == "paid_off"
    story.here.remove("mira")


def ani_borrows_and_pays_twice(story: Story) -> None:
    """120.000 in September, 118.000 in October; then nothing more."""
    agreed = {"2025-09": 120_000, "2025-10": 118_000}
    story.lends("ani", 1_000_000, "2", "equal_principal", 10, "2025-08-01", product="bulanan", agreed=agreed)


def five_save_for_a_feast(story: Story) -> None:
    for person in LEBARAN:
        story.saves(person, 100_000, "2025-10-01")


def the_five_take_it_out(story: Story) -> None:
    """October earned 31 × 10 = 310, November 30 × 10,031 = 300,93 → 301."""
    for person in LEBARAN:
        story.takes_out(person, 100_611, "2025-12-15")


LIFE: dict[str, tuple[Callable[[Story], None], ...]] = {
    "2024-01": (dewi_saves_a_million,),
    "2024-02": (dewi_buys_soybeans_cheaper_than_planned,),
    "2024-03": (lilis_borrows_with_falling_interest, watis_wajib_is_written_ten_times_too_high),
    "2024-05": (nur_borrows_as_an_annuity,),
    "2024-06": (tini_borrows_until_the_harvest,),
    "2024-07": (dewi_takes_400_thousand_out,),
    "2024-09": (yuni_borrows_with_a_penalty_by_the_day,),
    "2024-10": (nur_pays_off_early,),
    "2024-11": (yuni_is_a_week_late,),
    "2024-12": (wajib_goes_up,),
    "2025-01": (tuti_and_sri_borrow_alike,),
    "2025-03": (sris_money_is_written_under_tuti, dewi_saves_again, mira_borrows),
    "2025-04": (mira_saves_half_a_million,),
    "2025-05": (sris_money_is_found_after_march_and_april_are_closed,),
    "2025-06": (mira_moves_away,),
    "2025-08": (ani_borrows_and_pays_twice,),
    "2025-10": (five_save_for_a_feast,),
    "2025-12": (the_five_take_it_out,),
}
