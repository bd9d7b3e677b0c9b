"""Who is signed in and who is locked out. A token's digest and a session's key stand in no page, address or log."""

from typing import Any

from axes.conf import settings
from axes.models import AccessAttempt, AccessFailureLog
from django.contrib import admin, messages
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, F, Func, Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html

from config.operators.pages import Pages, column
from members.models import Session, Token


class Revocable(Pages):
    """Rows that can be ended one at a time. `handle` is what an address calls a row, in place of its secret key."""

    actions = None
    list_select_related = ("user",)
    search_fields = ("user__username",)
    kind = ""
    handle: Any

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(handle=self.handle)

    def get_urls(self) -> list[Any]:
        name = f"members_{self.opts.model_name}_revoke"
        return [
            *super().get_urls(),
            path("<slug:handle>/revoke/", self.admin_site.admin_view(self.revoke_view), name=name),
        ]

    @admin.display(description="")
    def revoke(self, row: Any) -> str:
        address = reverse(f"operators:members_{self.opts.model_name}_revoke", args=[row.handle])
        return format_html('<a class="deletelink" href="{}">Cabut</a>', address)

    def revoke_view(self, request: HttpRequest, handle: str) -> HttpResponse:
        row = self.get_queryset(request).filter(handle=handle).first()
        if row is None:
            raise Http404
        if request.method == "POST":
            key = row.pk
            self.end(request, row)
            if key == request.session.session_key:
                return self.signed_out(request)
            return self.told(request, f"Satu {self.kind} dicabut.")
        context = self.admin_site.each_context(request) | {
            "title": f"Cabut {self.kind} ini?",
            "many": self.many,
            "opts": self.opts,
            "username": row.user and row.user.username,
        }
        return TemplateResponse(request, "operators/revoke.html", context)

    def end(self, request: HttpRequest, row: Any) -> None:
        """Delete the row. The log tells whose it was."""
        LogEntry.objects.create(
            user=request.user,  # type: ignore[misc]
            content_type=ContentType.objects.get_for_model(self.model),
            object_id=row.handle,
            object_repr=f"{self.opts.model_name} of user {row.user_id}",
            action_flag=DELETION,
            change_message="Dicabut",
        )
        row.delete()


class Tokens(Revocable):
    shows = Token
    many, kind = "Token perangkat", "token"
    handle = Func(F("id"), template="%(expressions)s::text", output_field=CharField())
    ordering = ("-created",)
    list_display = (
        column("user.username", "Pengguna"),
        column("label", "Perangkat"),
        column("created", "Dibuat"),
        column("expiry", "Berlaku sampai"),
        "revoke",
    )


class Sessions(Revocable):
    shows = Session
    many, kind = "Sesi peramban", "sesi"
    handle = Func(
        F("session_key"),
        template="encode(sha256(convert_to(%(expressions)s, 'UTF8')), 'hex')",
        output_field=CharField(),
    )
    ordering = ("-started_at",)
    list_display = (
        column("user.username", "Pengguna"),
        column("started_at", "Mulai"),
        column("expire_date", "Berlaku sampai"),
        "revoke",
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("session_data")


class Attempts(Pages):
    shows: type[Model] = AccessAttempt
    many = "Gagal masuk dan terkunci"
    note = (
        f"Terkunci setelah {settings.AXES_FAILURE_LIMIT} kata sandi salah untuk satu nama dari satu alamat, selama "
        f"{int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)} menit sejak yang terakhir."
    )
    search_fields = ("username", "ip_address")
    ordering = ("-attempt_time",)
    actions = ("unlock",)
    list_display = (
        column("username", "Nama pengguna"),
        column("ip_address", "Alamat"),
        column("failures_since_start", "Gagal"),
        column("attempt_time", "Terakhir"),
    )

    @admin.action(description="Buka kunci")
    def unlock(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """A lock is a name's at an address: what was counted under other browsers goes too."""
        chosen = list(queryset)
        for attempt in chosen:
            self.log_change(request, attempt, "Kunci dibuka")
        for name, address in {(attempt.username, attempt.ip_address) for attempt in chosen}:
            AccessAttempt.objects.filter(username=name, ip_address=address).delete()
        self.message_user(request, f"{len(chosen)} kunci dibuka.", messages.SUCCESS)


class Failed(Pages):
    shows: type[Model] = AccessFailureLog
    many = "Catatan gagal masuk"
    note = "" if settings.AXES_ENABLE_ACCESS_FAILURE_LOG else f"Pencatatan ini dimatikan; lihat {Attempts.many}."
    search_fields = ("username", "ip_address")
    ordering = ("-attempt_time",)
    list_display = (
        column("username", "Nama pengguna"),
        column("ip_address", "Alamat"),
        column("locked_out", "Terkunci", yes_no=True),
        column("attempt_time", "Waktu"),
    )
