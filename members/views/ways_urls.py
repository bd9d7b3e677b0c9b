"""Pages before and beside any group: signing in and out, her account, her groups."""

from django.urls import path

from members.views import account, opening, passwords, proofs, ways

urlpatterns = [
    path("masuk", ways.Door.as_view(), name="login"),
    path("masuk/kode", ways.Enrol.as_view(), name="enrol"),
    path("masuk/kartu", ways.Card.as_view(), name="login-card"),
    path("masuk/sandi", ways.Login.as_view(), name="login-password"),
    path("masuk/kunci", proofs.PasskeyLogin.as_view(), name="login-passkey"),
    path("masuk/kunci/tanya", proofs.PasskeyAsk.as_view(), name="passkey-ask"),
    path("masuk/bukti", proofs.Proof.as_view(), name="proof"),
    path("keluar", ways.sign_out, name="logout"),
    path("akun", account.Account.as_view(), name="account"),
    path("akun/amankan", proofs.Safety.as_view(), name="safety"),
    path("akun/aplikasi", proofs.App.as_view(), name="app"),
    path("akun/kunci", proofs.PasskeyNew.as_view(), name="passkey-new"),
    path("akun/kunci/tanya", proofs.PasskeyNewAsk.as_view(), name="passkey-new-ask"),
    path("akun/hp", proofs.PhoneNew.as_view(), name="phone-new"),
    path("akun/hp/lain", account.FurtherPhone.as_view(), name="phone-further"),
    path("akun/pin", account.PhonePin.as_view(), name="phone-pin"),
    path("akun/sandi", passwords.OwnPassword.as_view(), name="own-password"),
    path("akun/kartu", account.OwnCard.as_view(), name="own-card"),
    path("akun/cabut/<slug:kind>/<slug:handle>", account.End.as_view(), name="end"),
    path("akun/cabut/lainnya", account.EndOthers.as_view(), name="end-others"),
    path("kelompok/baru", opening.GroupNew.as_view(), name="group-new"),
    path("kelompok", ways.Groups.as_view(), name="groups-of-mine"),
]
