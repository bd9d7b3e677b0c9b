"""Pages about people and the books, below `/k/{group_id}`."""

from django.urls import path

import members.urls  # noqa: F401  (registers months in addresses)
from members.views import (
    balance,
    book,
    consents,
    disputes,
    holidays,
    joining,
    journal,
    leaving,
    months,
    more,
    officers,
    pending,
    people,
    phones,
    pins,
    reversal,
    settings,
)

urlpatterns = [
    path("/anggota", people.Members.as_view(), name="members"),
    path("/anggota/baru", joining.MemberNew.as_view(), name="member-new"),
    path("/anggota/<uuid:member_id>/ubah", joining.MemberChange.as_view(), name="member-change"),
    path("/anggota/<uuid:member_id>/hp", phones.MemberWays.as_view(), name="member-ways"),
    path("/anggota/<uuid:member_id>/keluar", leaving.MemberLeave.as_view(), name="member-leave"),
    path("/anggota/<uuid:member_id>/bekas", leaving.MemberLeft.as_view(), name="member-left"),
    path("/anggota/<uuid:member_id>/lupakan", leaving.MemberErasure.as_view(), name="member-erasure"),
    path("/buku", book.Book.as_view(), name="book"),
    path("/buku/catat", journal.Journal.as_view(), name="journal"),
    path("/buku/<uuid:entry_id>", book.EntryPage.as_view(), name="entry"),
    path("/buku/<uuid:entry_id>/koreksi", reversal.EntryReversal.as_view(), name="entry-reversal"),
    path("/neraca", balance.TrialBalance.as_view(), name="trial-balance"),
    path("/bulan", months.Months.as_view(), name="months"),
    path("/bulan/<month:month>/tutup", months.MonthClose.as_view(), name="month-close"),
    path("/bulan/<month:month>/buka", months.MonthReopen.as_view(), name="month-reopen"),
    path("/menunggu", pending.Pending.as_view(), name="pending"),
    path("/pertanyaan", disputes.Disputes.as_view(), name="disputes"),
    path("/pertanyaan/<uuid:dispute_id>", disputes.DisputePage.as_view(), name="dispute"),
    path("/izin", consents.Consents.as_view(), name="consents"),
    path("/izin/beri", consents.ConsentNew.as_view(), name="consent-new"),
    path("/izin/dilihat", consents.AccessLog.as_view(), name="access-log"),
    path("/izin/<uuid:consent_id>/cabut", consents.ConsentRevoke.as_view(), name="consent-revoke"),
    path("/izin/pendana/<uuid:lender_id>/akun", consents.LenderLoginNew.as_view(), name="lender-login"),
    path(
        "/izin/pendana/<uuid:lender_id>/akun/<uuid:user_id>", consents.LenderLoginEnd.as_view(), name="lender-login-end"
    ),
    path("/pengaturan", settings.Settings.as_view(), name="settings"),
    path("/hari-libur", holidays.Holidays.as_view(), name="holidays"),
    path("/pengurus", officers.Officers.as_view(), name="officers"),
    path("/pengurus/baru", officers.OfficerNew.as_view(), name="officer-new"),
    path("/pengurus/<uuid:officer_id>/akhiri", officers.OfficerEnd.as_view(), name="officer-end"),
    path("/pin", pins.OwnPin.as_view(), name="pin"),
    path("/lainnya", more.More.as_view(), name="more"),
]
