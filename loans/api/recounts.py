"""Schedules counted anew in bulk over HTTP: what would change, and the job that does it."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from ledger import jobs
from ledger.ids import uuid7
from loans import queries, recounting
from loans.api.fields import RateIn
from loans.api.products import product_of
from loans.recounting import NewRate, Recount
from members.api.lists import listed, page_of
from members.door import GroupView, door
from members.errors import NotFound
from members.fields import Body, Day, Text
from members.visit import Done, Here

TASK = "loans.recount"


class RecountIn(Body):
    from_on = Day()
    product = Text(max_length=40, required=False, allow_null=True)
    rate = RateIn(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if (attrs.get("product") is None) != (attrs.get("rate") is None):
            raise ValidationError("Suku jasa berubah untuk satu produk: sebutkan product dan rate.", "invalid")
        return attrs


class RecountRowOut(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    due_on = serializers.DateField()
    principal = serializers.IntegerField()
    interest = serializers.IntegerField()


class RecountOut(serializers.Serializer[Any]):
    loan_id = serializers.UUIDField()
    number = serializers.IntegerField()
    member_id = serializers.UUIDField()
    interest_change = serializers.IntegerField()
    before = RecountRowOut(many=True)
    after = RecountRowOut(many=True)


class RecountJobOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    status = serializers.ChoiceField(choices=["queued", "running", "done", "failed"])
    loans = serializers.ListField(child=serializers.UUIDField(), allow_null=True)


def recount_json(one: Recount) -> dict[str, Any]:
    names = ("number", "due_on", "principal", "interest")
    rows = {
        word: [{name: getattr(row, name) for name in names} for row in found]
        for word, found in (("before", one.before), ("after", one.after))
    }
    loan = one.loan
    about = {"loan_id": loan.id, "number": loan.number, "member_id": loan.member_id}
    return about | {"interest_change": one.interest_change} | rows


def new_rate(here: Here, body: dict[str, Any]) -> NewRate | None:
    if body.get("rate") is None:
        return None
    product = product_of(here, body["product"])
    return NewRate(product.id, Decimal(body["rate"]["percent"]), body["rate"]["per"])


class RecountPreview(GroupView):
    @door("change_loan_products", body=RecountIn, answer=page_of(RecountOut))
    def post(self, here: Here, body: dict[str, Any]) -> Done:
        """Which loans would get another schedule, from which instalment, and what it changes; stores nothing. For a
        meeting day or holidays that changed, or a product's new rate."""
        found = recounting.preview(here.seat.group, from_on=body["from_on"], rate=new_rate(here, body))
        return Done({}, answer=listed([recount_json(one) for one in found]))


def job_json(job: Any) -> dict[str, Any]:
    loans = None if job.result is None else job.result.get("loans")
    return {"id": job.id, "created_at": job.created_at, "status": job.status, "loans": loans}


def stored_job(here: Here, stored: dict[str, Any]) -> dict[str, Any]:
    return job_json(queries.recounts(here.group_id).get(key=stored["key"]))


class RecountList(GroupView):
    @door("change_loan_products", body=RecountIn, status=202, answer=RecountJobOut, shown=stored_job)
    def post(self, here: Here, body: dict[str, Any]) -> Done:
        """Have a worker count the schedules anew: a new version of what the preview shows, and of no other."""
        rate = new_rate(here, body)
        told = None if rate is None else {"product_id": str(rate.product_id), **body["rate"]}
        key = f"recount {here.group_id} {uuid7()}"
        jobs.enqueue(
            TASK,
            key=key,
            group_id=here.group_id,
            arguments={"from_on": body["from_on"].isoformat(), "rate": told},
        )
        return Done({"key": key})


class RecountDetail(GroupView):
    @door("change_loan_products", answer=RecountJobOut)
    def get(self, here: Here, job_id: UUID) -> Any:
        """How far it is, and which loans have got a new version."""
        found = queries.recounts(here.group_id).filter(id=job_id).first()
        if found is None:
            raise NotFound()
        return job_json(found)
