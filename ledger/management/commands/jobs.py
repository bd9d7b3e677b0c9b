"""`jobs`, `jobs show ID`, `jobs requeue ID`: what the workers have to do, did, and failed at."""

import json
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ledger import jobs
from ledger.models import Job


class Command(BaseCommand):
    help = "List jobs (latest last), show one, or have one that is not done run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", nargs="?", choices=["list", "show", "requeue"], default="list")
        parser.add_argument("id", nargs="?", type=UUID)
        parser.add_argument("--status", choices=Job.Status.values)
        parser.add_argument("--limit", type=int, default=50)

    def handle(self, *args: Any, act: str, id: UUID | None, status: str | None, limit: int, **options: Any) -> None:
        if act == "list":
            self.list(status, limit)
            return
        job = Job.objects.filter(id=id).first() if id else None
        if job is None:
            raise CommandError(f"there is no job {id}; `jobs` lists them")
        if act == "show":
            self.show(job)
        elif job.status == Job.Status.DONE:
            raise CommandError(f"job {job.id} is done; nothing to run again")
        else:
            jobs.requeue(job.id)
            self.stdout.write(f"job {job.id} is queued again")

    def list(self, status: str | None, limit: int) -> None:
        chosen = Job.objects.filter(status=status) if status else Job.objects.all()
        latest = list(chosen.order_by("-id")[:limit])
        for job in reversed(latest):
            self.stdout.write(
                f"{job.id}  {job.status:<7}  {job.attempts}x  {job.created_at:%Y-%m-%d %H:%M:%S}  "
                f"{job.task}  {job.error or ''}"
            )
        self.stdout.write(f"{len(latest)} jobs shown, {chosen.count()} in all")

    def show(self, job: Job) -> None:
        for name in (
            "id",
            "key",
            "task",
            "group_id",
            "arguments",
            "status",
            "attempts",
            "created_at",
            "touched_at",
            "result",
            "error",
        ):
            value = getattr(job, name)
            self.stdout.write(f"{name:<11} {json.dumps(value) if isinstance(value, dict) else value}")
        for message in job.messages.order_by("due_at"):
            self.stdout.write(
                f"message     due {message.due_at:%Y-%m-%d %H:%M:%S}, sent {message.sent_at or 'not yet'}"
            )
