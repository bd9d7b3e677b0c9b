"""Jobs and the outbox. What a job was given and what it made stay out: they may count somebody's money."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db import OperationalError
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest

from config.operators.pages import Pages, as_id, choice, column
from ledger import jobs, kernel
from ledger.models import Job, Outbox
from members.models import Group

STATUSES = {"queued": "menunggu", "running": "berjalan", "done": "selesai", "failed": "gagal"}
LOCKED = "55P03"


class Jobs(Pages):
    shows = Job
    many, one = "Pekerjaan", "Pekerjaan"
    search_fields = ("task",)
    search_help_text = "Nama tugas, atau id pekerjaan atau kelompok"
    list_filter = (choice("status", "Keadaan", STATUSES),)
    ordering = ("-touched_at",)
    actions = ("run_again",)

    @admin.display(description="Keadaan", ordering="status")
    def state(self, job: Job) -> str:
        return STATUSES[job.status]

    list_display = (
        column("task", "Tugas"),
        "state",
        column("group_name", "Kelompok"),
        column("attempts", "Percobaan"),
        column("created_at", "Diminta"),
        column("touched_at", "Disentuh"),
    )
    fields: ClassVar[Any] = (
        *list_display,
        column("error", "Kesalahan"),
        column("group_id", "Id kelompok"),
        column("id", "Id"),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        names = Group.objects.filter(id=OuterRef("group_id")).values("name")
        return super().get_queryset(request).defer("arguments", "result").annotate(group_name=Subquery(names))

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        if (known := as_id(search_term)) is not None:
            return queryset.filter(Q(id=known) | Q(group_id=known)), False
        return super().get_search_results(request, queryset, search_term)

    @admin.action(description="Jalankan lagi")
    def run_again(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        again, left = 0, 0
        for job in queryset:
            try:
                jobs.requeue(job.id)
            except Job.DoesNotExist:
                left += 1
            except OperationalError as error:  # a worker is at it
                if kernel.sqlstate(error) != LOCKED:
                    raise
                left += 1
            else:
                self.log_change(request, job, "Dijalankan lagi")
                again += 1
        if again:
            self.message_user(request, f"{again} pekerjaan dijalankan lagi.", messages.SUCCESS)
        if left:
            self.message_user(request, f"{left} dilewati: sudah selesai atau sedang berjalan.", messages.WARNING)


class Messages(Pages):
    shows = Outbox
    many = "Kotak keluar"
    list_select_related = ("job",)
    search_fields = ("job__task",)
    ordering = (F("sent_at").desc(nulls_first=True), "due_at")
    list_display = (
        column("job.task", "Tugas"),
        column("due_at", "Waktunya"),
        column("sent_at", "Dikirim"),
    )
