"""Papers in tests: asked for at the door, made by the jobs that a worker does, and looked at."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from ledger import jobs
from ledger.models import Job
from reports import issuing, making
from reports.models import Statement
from tests.door import Answer, Kelompok, Phone
from tests.loans.lending import Lending

SINCE, UNTIL = "2026-01-01", "2026-03-31"


@dataclass
class Papers:
    """The papers of a group in which Dewi has saved."""

    lending: Lending

    @classmethod
    def opened(cls, prefix: str = "a") -> "Papers":
        self = cls(Lending.opened(prefix))
        self.lending.saves("dewi", 50_000, on="2026-01-08")
        return self

    @property
    def kelompok(self) -> Kelompok:
        return self.lending.kelompok

    @property
    def id(self) -> UUID:
        return self.kelompok.id

    @property
    def path(self) -> str:
        return f"{self.kelompok.path}/statements"

    def phone(self, person: str) -> Phone:
        return self.kelompok.phones[person]

    def body(self, person: str = "dewi", **changes: Any) -> dict[str, Any]:
        subject = str(self.kelompok.members[person])
        return {"kind": "member", "subject_id": subject, "from": SINCE, "to": UNTIL} | changes

    def asks(self, by: str = "budi", about: str = "dewi", **changes: Any) -> Answer:
        """The statement of a member, asked for by somebody."""
        return self.phone(by).posts(self.path, self.body(about, **changes))

    def issued(self, about: str = "dewi", **changes: Any) -> Statement:
        """The same, made."""
        answer = self.asks(about=about, **changes)
        assert answer.status == 202, answer.body
        self.work()
        return self.row(answer["id"])

    def reissued(self, one: Statement, reason: str = "nama salah tulis") -> Statement:
        answer = self.phone("budi").posts(f"{self.path}/{one.id}/reissue", {"reason": reason})
        assert answer.status == 202, answer.body
        self.work()
        return self.row(answer["id"])

    def revoked(self, one: Statement, reason: str = "salah orang") -> Statement:
        answer = self.phone("budi").posts(f"{self.path}/{one.id}/revoke", {"reason": reason})
        assert answer.status == 200, answer.body
        return self.row(one.id)

    def work(self, *tasks: str) -> None:
        """Do what waits, as a worker does: each job once."""
        for job in Job.objects.filter(status="queued", task__startswith="reports.").order_by("id"):
            if not tasks or job.task in tasks:
                jobs.run(job.id)

    def job(self, one: Any) -> Job:
        return Job.objects.get(key=f"statement {one.id if isinstance(one, Statement) else one}")

    def row(self, statement_id: Any) -> Statement:
        found: Statement = self.kelompok.asks(lambda: issuing.statement(self.id, UUID(str(statement_id))))
        return found

    def file(self, one: Statement) -> bytes:
        found: bytes = self.kelompok.asks(lambda: making.file_of(one))
        return found
