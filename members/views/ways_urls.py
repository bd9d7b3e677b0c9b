"""Pages before and beside any group: signing in and out, her account, her groups."""

from django.urls import path

from members.views import opening, passwords, ways

urlpatterns = [
    path("masuk", ways.Login.as_view(), name="login"),
    path("keluar", ways.sign_out, name="logout"),
    path("akun", ways.Account.as_view(), name="account"),
    path("akun/sandi", passwords.OwnPassword.as_view(), name="own-password"),
    path("kelompok/baru", opening.GroupNew.as_view(), name="group-new"),
    path("kelompok", ways.Groups.as_view(), name="groups-of-mine"),
]
