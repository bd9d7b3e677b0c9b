"""Users, and read-only the directory of groups and who sits where."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.validators import RegexValidator
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html

from config.operators.pages import Column, Pages, choice, column
from members import factors, logins
from members.errors import UsernameTaken
from members.models import Group, Seat, User

PASSWORDS = {
    "own": "sendiri",
    "one_time": "pertama, belum dipakai",
    "spent": "pertama, sudah dipakai",
    "none": "tidak ada",
}
ROLES = {"chair": "ketua", "treasurer": "bendahara", "secretary": "sekretaris", "supervisor": "pengawas"}
YES_NO = {True: "ya", False: "tidak"}
username: Column = column("username", "Nama pengguna")


class NewUser(forms.ModelForm):
    username = forms.CharField(
        label="Nama pengguna",
        max_length=60,
        help_text="Sebuah kata pilihan, bukan nama orang: huruf kecil, angka dan . _ @ + -",
    )
    is_operator = forms.BooleanField(label="Operator layanan ini", required=False)
    may_open_groups = forms.BooleanField(label="Boleh membuka kelompok", required=False)

    class Meta:
        model = User
        fields = ("username", "is_operator", "may_open_groups")

    def clean_username(self) -> str:
        name = str(self.cleaned_data["username"]).lower()
        RegexValidator(r"^[a-z0-9][a-z0-9._@+-]{1,59}\Z", "Nama ini memuat huruf yang tidak boleh.")(name)
        if User.objects.filter(username=name).exists():
            raise forms.ValidationError(UsernameTaken(username=name).sentence)
        return name


def is_erased(user: User) -> bool:
    """Whether she was forgotten; a user without a password who was not comes in with her phone."""
    return not user.has_usable_password() and user.password_is != User.Password.NONE


def switch_off(chosen: list[Any], *, by: User) -> list[User]:
    """Switch users off and sign them out everywhere. PermissionDenied when `by` is among them or was switched off.

    Whoever acts stays on, so one operator is always left; two who switch each other off wait for one another here.
    """
    operators = User.objects.select_for_update().filter(is_operator=True, is_active=True).order_by("id")
    if by.pk not in [operator.pk for operator in operators] or by.pk in chosen:
        raise PermissionDenied
    switched = list(User.objects.select_for_update().filter(pk__in=chosen, is_active=True).order_by("id"))
    for user in switched:
        user.is_active = False
        user.save(update_fields=["is_active"])
        logins.sign_out_everywhere(user)
    return switched


class Users(Pages):
    shows = User
    many, one = "Pengguna", "Pengguna"
    search_fields = ("username",)
    list_filter = (
        choice("is_active", "Aktif", YES_NO),
        choice("is_operator", "Operator", YES_NO),
        choice("may_open_groups", "Boleh membuka kelompok", YES_NO),
        choice("password_is", "Kata sandi", PASSWORDS),
    )
    ordering = ("username",)
    actions = ("new_first_password", "switch_on", "switch_off", "sign_out", "forget_factors")

    @admin.display(description="Kata sandi", ordering="password_is")
    def whose_password(self, user: User) -> str:
        return PASSWORDS[user.password_is]

    @admin.display(description="Kursi", ordering="seats_held")
    def seats_taken(self, user: User) -> str:
        held = user.seats_held  # type: ignore[attr-defined]
        return format_html('<a href="{}?user__id__exact={}">{}</a>', reverse(SEATS), user.pk, held) if held else "0"

    list_display = (
        username,
        column("is_active", "Aktif", yes_no=True),
        column("is_operator", "Operator", yes_no=True),
        column("may_open_groups", "Membuka kelompok", yes_no=True),
        "whose_password",
        column("last_login", "Masuk terakhir"),
        "seats_taken",
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("password").annotate(seats_held=Count("seats"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return True

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.list_display, column("created_at", "Dibuat")) if obj else NewUser.Meta.fields

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **({} if obj else {"form": NewUser}) | kwargs)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> Any:
        one_button = {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().add_view(request, form_url, one_button | (extra_context or {}))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        user, password = logins.open_user(obj.username, operator=obj.is_operator, opens_groups=obj.may_open_groups)
        obj.pk, obj.first_password = user.pk, password

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        return self.shown_once(request, obj, obj.first_password)

    def shown_once(self, request: HttpRequest, user: User, password: str) -> HttpResponse:
        """The page with a first password. It is kept nowhere but on her screen."""
        context = self.admin_site.each_context(request) | {
            "title": "Kata sandi pertama",
            "many": self.many,
            "opts": self.opts,
            "username": user.username,
            "password": password,
        }
        return TemplateResponse(request, "operators/first_password.html", context)

    @admin.action(description="Kata sandi pertama yang baru")
    def new_first_password(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse:
        chosen = self.chosen(queryset)
        if len(chosen) != 1:
            return self.refused(request, "Pilih satu pengguna saja.")
        if chosen[0].pk == request.user.pk:
            return self.refused(request, "Kata sandi Anda sendiri diganti di halaman Ganti sandi.")
        if is_erased(chosen[0]):
            return self.refused(request, "Pengguna ini sudah dihapus.")
        question = "Buat kata sandi pertama yang baru? Ia akan keluar dari semua perangkatnya."
        if page := self.sure(request, queryset, "new_first_password", question):
            return page
        password = logins.give_first_password(chosen[0])
        self.log_change(request, chosen[0], "Kata sandi pertama yang baru")
        return self.shown_once(request, chosen[0], password)

    @admin.action(description="Nyalakan")
    def switch_on(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse:
        # An erased user has no password any more and stays off.
        asleep = [user for user in self.chosen(queryset) if not user.is_active and not is_erased(user)]
        for user in asleep:
            user.is_active = True
            user.save(update_fields=["is_active"])
            self.log_change(request, user, "Dinyalakan")
        return self.done(request, f"{len(asleep)} pengguna dinyalakan.")

    @admin.action(description="Matikan dan keluarkan dari semua perangkat")
    def switch_off(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse:
        chosen = list(queryset.values_list("pk", flat=True))  # the operators' rows are locked first
        if request.user.pk in chosen:
            return self.refused(request, "Anda tidak dapat mematikan diri sendiri; operator lain yang dapat.")
        question = "Matikan pengguna ini? Mereka keluar dari semua perangkat dan tidak dapat masuk lagi."
        if page := self.sure(request, queryset, "switch_off", question):
            return page
        assert isinstance(request.user, User)
        switched = switch_off(chosen, by=request.user)
        for user in switched:
            self.log_change(request, user, "Dimatikan")
        return self.done(request, f"{len(switched)} pengguna dimatikan.")

    @admin.action(description="Keluarkan dari semua perangkat")
    def sign_out(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse:
        if page := self.sure(request, queryset, "sign_out", "Keluarkan pengguna ini dari semua perangkatnya?"):
            return page
        chosen = self.chosen(queryset)
        for user in chosen:
            logins.sign_out_everywhere(user)
            logins.end_ways(user)
            self.log_change(request, user, "Dikeluarkan dari semua perangkat")
        if request.user in chosen:
            return self.signed_out(request)
        return self.done(request, f"{len(chosen)} pengguna dikeluarkan.")

    @admin.action(description="Hapus cara masuk kedua (aplikasi kode dan kunci sandi)")
    def forget_factors(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse:
        """For who has lost hers. Her own she takes off at her account, where she shows one first."""
        chosen = self.chosen(queryset)
        if len(chosen) != 1:
            return self.refused(request, "Pilih satu pengguna saja.")
        if chosen[0].pk == request.user.pk:
            return self.refused(request, "Milik Anda sendiri diatur di halaman Akun.")
        question = "Hapus aplikasi kode dan kunci sandinya? Ia memasang yang baru saat masuk dengan kata sandinya."
        if page := self.sure(request, queryset, "forget_factors", question):
            return page
        factors.forget(chosen[0])
        logins.sign_out_everywhere(chosen[0])
        self.log_change(request, chosen[0], "Cara masuk kedua dihapus")
        return self.done(request, "Cara masuk kedua dihapus.")

    def chosen(self, queryset: QuerySet[User]) -> list[User]:
        """The selected users, locked."""
        ids = list(queryset.values_list("pk", flat=True))
        return list(User.objects.select_for_update().filter(pk__in=ids).order_by("id"))

    def sure(self, request: HttpRequest, queryset: QuerySet[User], action: str, question: str) -> HttpResponse | None:
        return self.asked_again(request, queryset, action=action, question=question, label=username)

    def refused(self, request: HttpRequest, sentence: str) -> HttpResponse:
        return self.told(request, sentence, messages.ERROR)

    def done(self, request: HttpRequest, sentence: str) -> HttpResponse:
        return self.told(request, sentence, messages.SUCCESS)


class Groups(Pages):
    shows = Group
    many, one = "Kelompok", "Kelompok"
    search_fields = ("name", "village", "district", "regency")
    list_filter = (choice("demo", "DEMO", YES_NO),)
    ordering = ("-created_at",)
    directory = (
        column("name", "Nama"),
        column("village", "Desa"),
        column("district", "Kecamatan"),
        column("regency", "Kabupaten"),
        column("demo", "DEMO", yes_no=True),
        column("created_at", "Dibuka"),
    )
    list_display = (*directory, column("approvals_required", "Persetujuan"))
    fields: ClassVar[Any] = (
        *directory,
        column("id", "Id"),
        column("currency", "Mata uang"),
        column("timezone", "Zona waktu"),
        column("meeting_every", "Bertemu setiap"),
        column("meeting_unit", "Satuan pertemuan"),
        column("approvals_required", "Persetujuan yang diperlukan"),
        column("single_officer_limit", "Batas satu pengurus"),
        column("interest_recognition", "Pengakuan jasa"),
        column("interest_word", "Sebutan jasa"),
        column("arrears_preset", "Ukuran tunggakan"),
        column("installment_multiple", "Pembulatan angsuran"),
        column("rate_cap_percent", "Batas jasa setahun (persen)"),
    )


class Seats(Pages):
    shows = Seat
    many = "Kursi"
    search_fields = ("user__username", "group__name")
    list_select_related = ("user", "group")
    ordering = ("group__name", "user__username")

    @admin.display(description="Jabatan")
    def offices(self, seat: Seat) -> str:
        return ", ".join(ROLES[role] for role in seat.roles) or "anggota"

    list_display = (
        column("user.username", "Pengguna"),
        column("group.name", "Kelompok"),
        "offices",
        column("created_at", "Sejak"),
    )


SEATS = "operators:members_seat_changelist"
