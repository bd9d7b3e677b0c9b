"""Who may what: every route and method with what everybody gets there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from members.views import ways_urls

TABLE = """
                                                    anon off  new  memb exof gone chai trea secr supv oper nmem ntre
GET    /                                            +    +    +    +    +    +    +    +    +    +    +    +    +
GET    /komponen                                    +    +    +    +    +    +    +    +    +    +    +    +    +
GET    /healthz                                     +    +    +    +    +    +    +    +    +    +    +    +    +
GET    /readyz                                      +    +    +    +    +    +    +    +    +    +    +    +    +
GET    /metrics                                     .    .    .    .    .    .    .    .    .    .    .    .    .
GET    /api/v1/schema/                              +    +    +    +    +    +    +    +    +    +    +    +    +
GET    /api/v1/docs/                                +    +    +    +    +    +    +    +    +    +    +    +    +

POST   statements/verify                            +    +    +    +    +    +    +    +    +    +    +    +    +
POST   auth/tokens                                  +    +    +    +    +    +    +    +    +    +    +    +    +
GET    auth/tokens                                  !    !    ?    +    +    +    +    +    +    +    +    +    +
DELETE auth/tokens/current                          !    !    +    +    +    +    +    +    +    +    +    +    +
DELETE auth/tokens/{token}                          !    !    ?    +    +    +    +    +    +    +    +    +    +
POST   auth/password                                !    !    +    +    +    +    +    +    +    +    +    +    +
GET    me                                           !    !    ?    +    +    +    +    +    +    +    +    +    +
GET    groups                                       !    !    ?    +    +    +    +    +    +    +    +    +    +
POST   groups                                       !    !    ?    -    -    -    +    +    +    +    +    -    +

GET    groups/{group}                               !    !    ?    +    +    .    +    +    +    +    +    .    .
PATCH  groups/{group}                               !    !    ?    -    -    .    +    +    -    -    -    .    .
GET    groups/{group}/members                       !    !    ?    +    +    .    +    +    +    +    -    .    .
POST   groups/{group}/members                       !    !    ?    -    -    .    +    +    +    -    -    .    .
GET    groups/{group}/members/{member}              !    !    ?    +    +    .    +    +    +    +    -    .    .
PATCH  groups/{group}/members/{member}              !    !    ?    -    -    .    +    +    +    -    -    .    .
POST   groups/{group}/members/{member}/login        !    !    ?    -    -    .    +    +    +    -    -    .    .
POST   groups/{group}/members/{member}/enrolment     !    !    ?    -    -    .    +    +    +    -    -    .    .
POST   groups/{group}/members/{member}/card          !    !    ?    -    -    .    +    +    +    -    -    .    .
DELETE groups/{group}/members/{member}/ways          !    !    ?    -    -    .    +    +    +    -    -    .    .
POST   groups/{group}/members/{member}/leave        !    !    ?    -    -    .    +    +    +    +    -    .    .
POST   groups/{group}/members/{member}/rejoin       !    !    ?    -    -    .    +    +    +    -    -    .    .
POST   groups/{group}/members/{member}/erasure      !    !    ?    -    -    .    +    +    +    +    -    .    .
GET    groups/{group}/members/{member}/sights       !    !    ?    +    +    .    +    +    +    +    -    .    .
GET    groups/{group}/members/{member}/export       !    !    ?    +    +    .    +    +    +    +    -    .    .
GET    groups/{group}/disputes                      !    !    ?    +    +    .    +    +    +    +    -    .    .
POST   groups/{group}/disputes                      !    !    ?    +    +    .    +    +    +    +    -    .    .
POST   groups/{group}/disputes/{dispute}/answer     !    !    ?    -    -    .    +    +    +    -    -    .    .
GET    groups/{group}/consents                      !    !    ?    -    -    .    +    +    +    +    -    .    .
POST   groups/{group}/consents                      !    !    ?    -    -    .    +    +    +    -    -    .    .
GET    groups/{group}/consents/{consent}            !    !    ?    -    -    .    +    +    +    +    -    .    .
DELETE groups/{group}/consents/{consent}            !    !    ?    -    -    .    +    +    +    +    -    .    .
GET    groups/{group}/access-log                    !    !    ?    -    -    .    +    +    +    +    -    .    .
GET    groups/{group}/lenders/{lender}/login        !    !    ?    -    -    .    +    +    +    +    -    .    .
POST   groups/{group}/lenders/{lender}/login        !    !    ?    -    -    .    +    +    +    -    -    .    .
DELETE groups/{group}/lenders/{lender}/login/{user} !    !    ?    -    -    .    +    +    +    -    -    .    .
GET    groups/{group}/portal                        !    !    ?    -    -    .    +    +    +    +    -    .    .
GET    groups/{group}/portal/facilities             !    !    ?    -    -    .    +    +    +    +    -    .    .
GET    groups/{group}/portal/loans                  !    !    ?    -    -    .    +    +    +    +    -    .    .
GET    groups/{group}/portal/members                !    !    ?    -    -    .    +    +    +    +    -    .    .
GET    groups/{group}/officers                      !    !    ?    -    -    .    +    +    +    +    -    .    .
POST   groups/{group}/officers                      !    !    ?    -    -    .    +    +    -    -    -    .    .
DELETE groups/{group}/officers/{officer}            !    !    ?    -    -    .    +    +    -    -    -    .    .
POST   groups/{group}/officers/{officer}/pin        !    !    ?    -    -    .    +    +    +    +    -    .    .
GET    groups/{group}/pending                       !    !    ?    -    -    .    +    +    +    +    -    .    .
DELETE groups/{group}/pending/{pending}             !    !    ?    -    -    .    +    +    +    +    -    .    .

GET    groups/{group}/ledger/accounts               !    !    ?    -    -    .    +    +    +    +    -    .    .
GET    groups/{group}/ledger/entries                !    !    ?    -    -    .    +    +    +    +    -    .    .
POST   groups/{group}/ledger/entries                !    !    ?    -    -    .    -    +    -    -    -    .    .
GET    groups/{group}/ledger/entries/{entry}        !    !    ?    -    -    .    +    +    +    +    -    .    .
POST   groups/{group}/ledger/entries/{entry}/reversal !  !    ?    -    -    .    -    +    -    -    -    .    .
POST   groups/{group}/entries/{entry}/reversal      !    !    ?    -    -    .    -    +    -    -    -    .    .
GET    groups/{group}/receipts/{receipt}            !    !    ?    +    +    .    +    +    +    +    -    .    .
GET    groups/{group}/statements                    !    !    ?    +    +    .    +    +    +    +    -    .    .
POST   groups/{group}/statements                    !    !    ?    +    +    .    +    +    +    +    -    .    .
GET    groups/{group}/statements/{statement}        !    !    ?    +    +    .    +    +    +    +    -    .    .
GET    groups/{group}/statements/{statement}/pdf    !    !    ?    +    +    .    +    +    +    +    -    .    .
POST   groups/{group}/statements/{statement}/reissue !   !    ?    -    -    .    +    +    +    -    -    .    .
POST   groups/{group}/statements/{statement}/revoke !    !    ?    -    -    .    +    +    +    -    -    .    .
GET    groups/{group}/ledger/head                   !    !    ?    +    +    .    +    +    +    +    -    .    .
GET    groups/{group}/ledger/trial-balance          !    !    ?    -    -    .    +    +    +    +    -    .    .
GET    groups/{group}/periods                       !    !    ?    -    -    .    +    +    +    +    -    .    .
POST   groups/{group}/periods/{month}/close         !    !    ?    -    -    .    +    +    +    +    -    .    .
POST   groups/{group}/periods/{month}/reopen        !    !    ?    -    -    .    +    +    +    +    -    .    .

GET    groups/{group}/savings/products              !    !    ?    +    +    .    +    +    +    +    -    .    .
POST   groups/{group}/savings/products              !    !    ?    -    -    .    +    +    -    -    -    .    .
GET    groups/{group}/savings/products/{product}    !    !    ?    +    +    .    +    +    +    +    -    .    .
PATCH  groups/{group}/savings/products/{product}    !    !    ?    -    -    .    +    +    -    -    -    .    .
POST   groups/{group}/savings/deposits              !    !    ?    -    -    .    -    +    -    -    -    .    .
POST   groups/{group}/savings/withdrawals           !    !    ?    -    -    .    -    +    -    -    -    .    .
GET    groups/{group}/savings/movements             !    !    ?    +    +    .    +    +    +    +    -    .    .
GET    groups/{group}/savings/movements/{movement}  !    !    ?    +    +    .    +    +    +    +    -    .    .
GET    groups/{group}/savings/dues                  !    !    ?    +    +    .    +    +    +    +    -    .    .
GET    groups/{group}/members/{member}/passbook     !    !    ?    +    +    .    +    +    +    +    -    .    .

GET    operator/portfolio                           !    !    ?    -    -    -    -    -    -    -    +    -    -
GET    groups/{group}/holidays                      !    !    ?    +    +    .    +    +    +    +    +    .    .
POST   groups/{group}/holidays                      !    !    ?    -    -    .    +    +    -    -    -    .    .
DELETE groups/{group}/holidays/{holiday}            !    !    ?    -    -    .    +    +    -    -    -    .    .
GET    groups/{group}/members/{member}/balance      !    !    ?    +    +    .    +    +    +    +    -    .    .
GET    groups/{group}/members/{member}/expected     !    !    ?    +    +    .    +    +    +    +    -    .    .
POST   groups/{group}/members/{member}/collections  !    !    ?    -    -    .    -    +    -    -    -    .    .
GET    groups/{group}/loan-products                 !    !    ?    +    +    .    +    +    +    +    -    .    .
POST   groups/{group}/loan-products                 !    !    ?    -    -    .    +    +    -    -    -    .    .
GET    groups/{group}/loan-products/{loan_product}  !    !    ?    +    +    .    +    +    +    +    -    .    .
POST   groups/{group}/loan-quotes                   !    !    ?    +    +    .    +    +    +    +    -    .    .
GET    groups/{group}/loans                         !    !    ?    +    +    .    +    +    +    +    -    .    .
POST   groups/{group}/loans                         !    !    ?    +    +    .    +    +    +    +    -    .    .
GET    groups/{group}/loans/{loan}                  !    !    ?    +    +    .    +    +    +    +    -    .    .
POST   groups/{group}/loans/{loan}/approvals        !    !    ?    -    -    .    +    +    +    +    -    .    .
POST   groups/{group}/loans/{loan}/withdrawal       !    !    ?    +    +    .    +    +    +    +    -    .    .
POST   groups/{group}/loans/{loan}/disbursement     !    !    ?    -    -    .    -    +    -    -    -    .    .
GET    groups/{group}/loans/{loan}/schedule         !    !    ?    +    +    .    +    +    +    +    -    .    .
GET    groups/{group}/loans/{loan}/repayments       !    !    ?    +    +    .    +    +    +    +    -    .    .
POST   groups/{group}/loans/{loan}/repayments       !    !    ?    -    -    .    -    +    -    -    -    .    .
GET    groups/{group}/loans/{loan}/charges          !    !    ?    +    +    .    +    +    +    +    -    .    .
POST   groups/{group}/loans/{loan}/charges          !    !    ?    -    -    .    -    +    -    -    -    .    .
POST   groups/{group}/loans/{loan}/charges/{charge}/waiver !    !    ?    -    -    .    +    +    +    +    -    .    .
GET    groups/{group}/loans/{loan}/payoff           !    !    ?    +    +    .    +    +    +    +    -    .    .
POST   groups/{group}/loans/{loan}/reschedules      !    !    ?    -    -    .    +    +    +    +    -    .    .
POST   groups/{group}/loans/{loan}/write-off        !    !    ?    -    -    .    +    +    +    +    -    .    .
GET    groups/{group}/loans/{loan}/recoveries       !    !    ?    +    +    .    +    +    +    +    -    .    .
POST   groups/{group}/loans/{loan}/recoveries       !    !    ?    -    -    .    -    +    -    -    -    .    .
GET    groups/{group}/materials                     !    !    ?    -    -    .    +    +    +    +    -    .    .
GET    groups/{group}/arrears                       !    !    ?    -    -    .    +    +    +    +    -    .    .
GET    groups/{group}/portfolio                     !    !    ?    -    -    .    +    +    +    +    -    .    .
GET    groups/{group}/lenders                       !    !    ?    -    -    .    +    +    +    +    -    .    .
POST   groups/{group}/lenders                       !    !    ?    -    -    .    +    +    -    -    -    .    .
GET    groups/{group}/lenders/{lender}              !    !    ?    -    -    .    +    +    +    +    -    .    .
PATCH  groups/{group}/lenders/{lender}              !    !    ?    -    -    .    +    +    -    -    -    .    .
GET    groups/{group}/facilities                    !    !    ?    -    -    .    +    +    +    +    -    .    .
POST   groups/{group}/facilities                    !    !    ?    -    -    .    +    +    -    -    -    .    .
GET    groups/{group}/facilities/{facility}         !    !    ?    -    -    .    +    +    +    +    -    .    .
GET    groups/{group}/facilities/{facility}/schedule !    !    ?    -    -    .    +    +    +    +    -    .    .
GET    groups/{group}/facilities/{facility}/account !    !    ?    -    -    .    +    +    +    +    -    .    .
GET    groups/{group}/facilities/{facility}/drawdowns !    !    ?    -    -    .    +    +    +    +    -    .    .
POST   groups/{group}/facilities/{facility}/drawdowns !    !    ?    -    -    .    -    +    -    -    -    .    .
GET    groups/{group}/facilities/{facility}/payments !    !    ?    -    -    .    +    +    +    +    -    .    .
POST   groups/{group}/facilities/{facility}/payments !    !    ?    -    -    .    -    +    -    -    -    .    .
GET    groups/{group}/facilities/{facility}/loans   !    !    ?    -    -    .    +    +    +    +    -    .    .
POST   groups/{group}/facilities/{facility}/loans   !    !    ?    -    -    .    -    +    -    -    -    .    .
DELETE groups/{group}/facilities/{facility}/loans/{funding} ! !  ?    -    -    .    -    +    -    -    -    .    .
GET    groups/{group}/grants                        !    !    ?    -    -    .    +    +    +    +    -    .    .
POST   groups/{group}/grants                        !    !    ?    -    -    .    -    +    -    -    -    .    .
GET    groups/{group}/capital                       !    !    ?    -    -    .    +    +    +    +    -    .    .
POST   groups/{group}/recounts                      !    !    ?    -    -    .    +    +    -    -    -    .    .
POST   groups/{group}/recounts/preview              !    !    ?    -    -    .    +    +    -    -    -    .    .
GET    groups/{group}/recounts/{job}                !    !    ?    -    -    .    +    +    -    -    -    .    .
"""
"""+ may · - 403, sees the group but it is not her act · . 404 · ! 401 · ? 403 until she has set her own password.

anon: no token. off: deactivated. new: secretary with a first password. memb: Dewi, a member. exof: secretary until her
office ended. gone: treasurer until hers ended, never a member. chai, trea, secr, supv: the officers. oper: operator of
the service, no seat. nmem, ntre: member and treasurer of another group. A member's own id stands for {member} where a
member asks. The figures are for whoever bears a token of their own, which no user has.
"""

OUTSIDE = {
    "operator/": "Django's admin: sessions, no tokens; walked by tests of its own below",
    "k/": "pages: sessions, no tokens; walked in test_page",
    "v": "anybody's pages, by code or file; tests/reports/test_pages_documents",
    "bahasa": "the language of a browser",
    "pendana": "a page of who signs in for lenders; walked in tests/reports",
    **{str(one.pattern): "pages about herself; walked in test_page" for one in ways_urls.urlpatterns},
}
"""Routes without rows, and why."""

MEANS = {"+": None, "-": (403, "not_allowed"), ".": (404, "not_found"), "!": (401, "not_authenticated")}
MEANS["?"] = (403, "password_change_required")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
STRANGE = ("OPTIONS", "TRACE", "PROPFIND", "BREW")


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    method: str
    route: str
    cells: dict[str, str]

    def __str__(self) -> str:
        return f"{self.method} {self.route}"

    @property
    def inside(self) -> bool:
        return self.route.startswith("groups/{group}")

    @property
    def things(self) -> list[str]:
        """The ids in the path that belong to the group."""
        return [name for name in re.findall(r"{(\w+)}", self.route) if name not in ("group", "month", "token")]

    @property
    def who(self) -> list[str]:
        """The columns that may."""
        return [column for column, cell in self.cells.items() if cell == "+"]


def rows() -> Iterator[Row]:
    header, *lines = [line.split() for line in TABLE.splitlines() if line.strip()]
    for method, route, *cells in lines:
        yield Row(method, route, dict(zip(header, cells, strict=True)))


ROWS = list(rows())
API = [row for row in ROWS if not row.route.startswith("/")]
INSIDE = [row for row in API if row.inside]
THINGS = [row for row in INSIDE if row.things]
UPLOADS = ("POST statements/verify",)
"""What takes a file, and no JSON."""
WRITING = [row for row in API if row.method in ("POST", "PATCH") and str(row) not in UPLOADS]
