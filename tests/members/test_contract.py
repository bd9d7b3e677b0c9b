"""The published description and the service agree, whatever is sent: requests made from the description, well-formed
and not, by a treasurer, with ids that exist. Every act is rolled back, so that the next one finds the group whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from uuid import UUID

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from ledger import jobs
from ledger.ids import uuid7
from ledger.models import Job
from members.services import today_in
from savings.models import Product
from tests.conftest import FULL
from tests.door import Kelompok, description

EXAMPLES = 600 if FULL else 12
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]
OPERATIONS = [
    (method.upper(), path)
    for path, operations in description()["paths"].items()
    for method in operations
    if method in ("get", "post", "patch", "delete")
]


@cache
def schema() -> Any:
    return schemathesis.openapi.from_wsgi("/api/v1/schema/", get_wsgi_application())


@contextmanager
def open_connection() -> Iterator[None]:
    """A request ends by closing its connection; here that would end the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def known_ids(group: Kelompok, entry_id: str) -> dict[str, str]:
    """Ids that exist, by the name a path gives them."""
    saved = group.budi.pays(
        f"{group.path}/savings/deposits",
        {"member_id": group.members["dewi"], "product": "sukarela", "amount": 7_000, "effective_on": "2026-03-05"},
    )
    return {
        "group_id": str(group.id),
        "member_id": str(group.members["dewi"]),
        "officer_id": str(group.offices["sari"]),
        "entry_id": entry_id,
        "month": "2026-03",
        "pending_id": str(uuid7()),
        "token_id": str(uuid7()),
        "product_id": str(group.asks(lambda: Product.objects.get(group_id=group.id, code="sukarela").id)),
        "movement_id": str(saved["id"]),
        "receipt_id": str(saved["entry_id"]),
        "dispute_id": str(group.phones["dewi"].posts(f"{group.path}/disputes", {"text": "Belum tercatat"})["id"]),
        **(loan := lent(group)),
        **issued(group),
        **borrowed(group, loan["loan_id"]),
    }


def lent(group: Kelompok) -> dict[str, str]:
    """A loan that was paid out, with what belongs to it."""
    body = {"member_id": group.members["dewi"], "principal": 120_000, "purpose": "Kedelai", "method": "flat"}
    terms = {"rate": {"percent": "1.5", "per": "month"}, "installments": 3}
    asked = group.budi.posts(f"{group.path}/loans", body | terms)
    path = f"{group.path}/loans/{asked['id']}"
    for officer in ("sari", "rina"):
        group.phones[officer].posts(f"{path}/approvals", {"decision": "approve"})
    group.budi.pays(f"{path}/disbursement", {"disbursed_on": "2026-03-06"})
    charge = group.budi.pays(f"{path}/charges", {"kind": "fee", "amount": 500, "due_on": "2026-03-20"})
    made = {
        "charge_id": charge,
        "holiday_id": group.budi.posts(f"{group.path}/holidays", {"day": "2026-04-01"}),
        "loan_product_id": group.budi.posts(f"{group.path}/loan-products", {"code": "bahan", "name": "Bahan baku"}),
        "job_id": group.budi.posts(f"{group.path}/recounts", {"from_on": "2026-04-01"}),
        "loan_id": asked,
    }
    return {name: str(answer["id"]) for name, answer in made.items()}


def issued(group: Kelompok) -> dict[str, str]:
    """A statement of hers that is ready."""
    body = {"kind": "member", "subject_id": str(group.members["dewi"]), "to": "2026-03-31"}
    asked = group.budi.posts(f"{group.path}/statements", body)
    jobs.run(Job.objects.get(key=f"statement {asked['id']}").id)
    return {"statement_id": str(asked["id"])}


def borrowed(group: Kelompok, loan_id: str) -> dict[str, str]:
    """A facility that was drawn, and a loan it became."""
    lender = group.budi.posts(f"{group.path}/lenders", {"name": "UPK Kunduran", "kind": "upk"})
    terms = {"rate": {"percent": "1", "per": "month"}, "method": "flat", "installments": 12}
    promised = terms | {"lender_id": lender["id"], "limit": 1_200_000, "disbursed_on": "2026-03-05"}
    facility = group.budi.posts(f"{group.path}/facilities", promised)
    path = f"{group.path}/facilities/{facility['id']}"
    drawn = {"amount": 600_000, "drawn_on": "2026-03-06", "second": group.second()}
    group.budi.pays(f"{path}/drawdowns", drawn)
    funding = group.budi.posts(f"{path}/loans", {"loan_id": loan_id, "amount": 50_000})
    today = str(today_in(group.group))
    let_in = {"lender_id": lender["id"], "scopes": ["totals"], "from": today, "to": today, "second": group.second()}
    consent = group.budi.posts(f"{group.path}/consents", let_in)
    made = {"lender_id": lender, "facility_id": facility, "funding_id": funding, "consent_id": consent}
    return {name: str(answer["id"]) for name, answer in made.items()}


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=[f"{method} {path}" for method, path in OPERATIONS])
def test_every_answer_is_described_and_none_is_a_bug(kelompok, method, path):
    entry = kelompok.has(5_000_000)
    ids = known_ids(kelompok, entry["id"])
    with open_connection():
        operation = schema()[path][method]
    answered: list[int] = []

    @given(case=operation.as_strategy(), exists=st.sampled_from([True, True, True, False]), keyed=st.booleans())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=not FULL,
        suppress_health_check=list(HealthCheck),
    )
    def tried(case: Any, exists: bool, keyed: bool) -> None:
        if exists:
            case.path_parameters = {name: ids.get(name, value) for name, value in (case.path_parameters or {}).items()}
        headers = {"Authorization": f"Bearer {kelompok.budi.token}", "Host": "localhost"}
        if keyed and method == "POST":
            headers["Idempotency-Key"] = str(uuid7())
        with transaction.atomic():
            response = case.call(headers=headers)
            transaction.set_rollback(True)
        answered.append(response.status_code)
        case.validate_response(response, checks=CHECKS, headers=headers)

    with open_connection():
        tried()

    assert answered
    assert method != "GET" or 200 in answered or path == "/api/v1/operator/portfolio"


def test_the_description_is_of_openapi_3_1():
    assert description()["openapi"].startswith("3.1")


def test_every_operation_says_what_it_does():
    silent = [
        f"{method} {path}"
        for path, operations in description()["paths"].items()
        for method, operation in operations.items()
        if not operation.get("description")
    ]
    assert not silent


def test_ids_of_the_cast_are_ids(kelompok):
    kelompok.has(5_000_000)

    assert all(UUID(known) for name, known in known_ids(kelompok, str(uuid7())).items() if name != "month")
