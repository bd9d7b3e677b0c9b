"""What terms would cost, asked of the quotes' endpoint before anybody agrees to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.errors import DomainError
from loans.views import words
from members.page import Sitting
from members.strict import Malformed


@dataclass(frozen=True, slots=True)
class Quote:
    """A price in words with its instalments and warnings; or `refused`: why there is none."""

    cost: words.Cost | None = None
    condition: str = ""
    rows: tuple[dict[str, Any], ...] = ()
    warnings: tuple[dict[str, Any], ...] = ()
    refused: str = ""


def quote(at: Sitting, terms: Mapping[str, Any]) -> Quote:
    """Of complete terms, as an endpoint's body has them. Outside any open transaction."""
    try:
        found = at.do("loan-quotes", {name: one for name, one in terms.items() if one is not None}).data
    except DomainError as refusal:
        return Quote(refused=refusal.said(at.written))
    except Malformed as bad:
        return Quote(refused=" ".join(problem.detail for problem in bad.problems))
    rows = tuple(row | {"due_on": date.fromisoformat(row["due_on"])} for row in found["installments"])
    principal, effective = terms["principal"], found["effective_annual_rate_percent"]
    upfront = principal - found["received"]
    return Quote(
        cost=words.cost(principal, [row["due"] for row in rows], upfront, terms, effective),
        condition=words.condition(at, terms),
        rows=rows,
        warnings=tuple(found["warnings"]),
    )
