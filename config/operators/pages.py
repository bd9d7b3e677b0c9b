"""What all pages of the operator share: they show, and change nothing unless a page says what."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth import logout
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.formats import date_format

Column = Callable[[Any], Any]


def column(path: str, words: str, *, yes_no: bool = False, sort: bool = True) -> Column:
    """A column or a line that shows `path` (dots go through rows) under a heading; instants are told in UTC."""

    def value(row: Any) -> Any:
        found = row
        for name in path.split("."):
            found = None if found is None else getattr(found, name)
        return f"{date_format(found, 'j M Y H.i')} UTC" if isinstance(found, datetime) else found

    value.__name__ = path.replace(".", "_")
    order = path.replace(".", "__") if sort else None
    shown: Column = admin.display(value, description=words, ordering=order, boolean=yes_no)  # type: ignore[call-overload]
    return shown


def choice(field: str, words: str, options: Mapping[Any, str]) -> type[admin.SimpleListFilter]:
    """A filter on the values of a field, each with its word."""
    known = {str(value): value for value in options}

    class Choice(admin.SimpleListFilter):
        title = words
        parameter_name = field

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
            return [(str(value), word) for value, word in options.items()]

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            asked = self.value()
            return queryset.filter(**{field: known[asked]}) if asked in known else queryset

    return Choice


def as_id(text: str) -> UUID | None:
    """The id that somebody typed, if it is one."""
    try:
        return UUID(text.strip())
    except ValueError:
        return None


class Listed(ChangeList):
    @property
    def pages(self) -> Any:
        return self.paginator.get_elided_page_range(self.page_num)  # type: ignore[attr-defined]


class Pages(admin.ModelAdmin):
    """A list, and with `one` a page for each row, of the model it `shows`; `many` is its name on the pages."""

    shows: type[Model]
    many = ""
    one = ""
    note = ""
    actions_on_top = True
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    change_list_template = "operators/change_list.html"
    change_form_template = "operators/change_form.html"
    object_history_template = "operators/object_history.html"

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:
        return list(list_display)[:1] if self.one else None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[Any]:
        """Without `one` there is a list and no address of a row: a row's key may be a secret."""
        found = super().get_urls()
        return found if self.one else [url for url in found if str(url.name).endswith("_changelist")]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return Listed

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj) if obj else ()

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return super().changelist_view(
            request, {"title": self.many, "one": self.one, "note": self.note, **(extra_context or {})}
        )

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        named = {"title": self.one if object_id else f"Tambah {self.one.lower()}", "many": self.many, "subtitle": None}
        return super().changeform_view(request, object_id, form_url, named | (extra_context or {}))

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        named = {"title": f"Riwayat {self.one.lower()}", "many": self.many, "one": self.one}
        return super().history_view(request, object_id, named | (extra_context or {}))

    def told(self, request: HttpRequest, sentence: str, level: int = messages.SUCCESS) -> HttpResponse:
        """Back to the list, with a sentence that names nobody: it waits in her session."""
        self.message_user(request, sentence, level)
        return redirect(f"operators:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def signed_out(self, request: HttpRequest) -> HttpResponse:
        """She has ended the session she is in."""
        logout(request)
        return redirect("operators:login")

    def asked_again(
        self, request: HttpRequest, rows: QuerySet[Any], *, action: str, question: str, label: Column
    ) -> HttpResponse | None:
        """The page that asks whether she is sure about these rows; None when she has said so."""
        if request.POST.get("sure") == "yes":
            return None
        context = self.admin_site.each_context(request) | {
            "title": question,
            "many": self.many,
            "opts": self.opts,
            "rows": [(row.pk, label(row)) for row in rows],
            "action": action,
            "checkbox": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "operators/sure.html", context)
