"""Every endpoint of the door. Paths end without a slash; an id in another form than a UUID is no path."""

from datetime import date

from django.urls import include, path, register_converter

from members.api import books, consents, groups, logins, officers, openness, people


class Month:
    """`2026-03`, as its first day."""

    regex = r"(?:19|20|21)[0-9]{2}-(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(f"{value}-01")

    def to_url(self, value: date | str) -> str:
        return value if isinstance(value, str) else f"{value:%Y-%m}"


register_converter(Month, "month")

group = [
    path("", groups.GroupDetail.as_view(), name="group"),
    path("/holidays", groups.HolidayList.as_view(), name="holidays"),
    path("/holidays/<uuid:holiday_id>", groups.HolidayDetail.as_view(), name="holiday"),
    path("/members", people.MemberList.as_view(), name="members"),
    path("/members/<uuid:member_id>", people.MemberDetail.as_view(), name="member"),
    path("/members/<uuid:member_id>/login", people.MemberLogin.as_view(), name="member-login"),
    path("/members/<uuid:member_id>/enrolment", people.MemberEnrolment.as_view(), name="member-enrolment"),
    path("/members/<uuid:member_id>/card", people.MemberCard.as_view(), name="member-card"),
    path("/members/<uuid:member_id>/ways", people.MemberWays.as_view(), name="member-ways"),
    path("/members/<uuid:member_id>/rejoin", people.MemberRejoin.as_view(), name="member-rejoin"),
    path("/members/<uuid:member_id>/erasure", people.MemberErasure.as_view(), name="member-erasure"),
    path("/members/<uuid:member_id>/sights", openness.SightList.as_view(), name="member-sights"),
    path("/disputes", openness.DisputeList.as_view(), name="disputes"),
    path("/disputes/<uuid:dispute_id>/answer", openness.DisputeAnswer.as_view(), name="dispute-answer"),
    path("/consents", consents.ConsentList.as_view(), name="consents"),
    path("/consents/<uuid:consent_id>", consents.ConsentDetail.as_view(), name="consent"),
    path("/access-log", consents.AccessLog.as_view(), name="access-log"),
    path("/lenders/<uuid:lender_id>/login", consents.LenderLogins.as_view(), name="lender-login"),
    path("/lenders/<uuid:lender_id>/login/<uuid:user_id>", consents.LenderLogin.as_view(), name="lender-login-end"),
    path("/officers", officers.OfficerList.as_view(), name="officers"),
    path("/officers/<uuid:officer_id>", officers.OfficerDetail.as_view(), name="officer"),
    path("/officers/<uuid:officer_id>/pin", officers.OfficerPin.as_view(), name="officer-pin"),
    path("/pending", officers.PendingList.as_view(), name="pending"),
    path("/pending/<uuid:pending_id>", officers.PendingDetail.as_view(), name="pending-act"),
    path("/ledger/accounts", books.AccountList.as_view(), name="accounts"),
    path("/ledger/entries", books.EntryList.as_view(), name="entries"),
    path("/ledger/entries/<uuid:entry_id>", books.EntryDetail.as_view(), name="entry"),
    path("/ledger/entries/<uuid:entry_id>/reversal", books.EntryReversalBeside.as_view(), name="entry-reversal-beside"),
    path("/ledger/head", books.HeadDetail.as_view(), name="head"),
    path("/ledger/trial-balance", books.TrialBalance.as_view(), name="trial-balance"),
    path("/entries/<uuid:entry_id>/reversal", books.EntryReversal.as_view(), name="entry-reversal"),
    path("/periods", books.PeriodList.as_view(), name="periods"),
    path("/periods/<month:month>/close", books.PeriodClose.as_view(), name="period-close"),
    path("/periods/<month:month>/reopen", books.PeriodReopen.as_view(), name="period-reopen"),
]

urlpatterns = [
    path("auth/tokens", logins.TokenList.as_view(), name="tokens"),
    path("auth/tokens/current", logins.CurrentToken.as_view(), name="current-token"),
    path("auth/tokens/<uuid:token_id>", logins.TokenDetail.as_view(), name="token"),
    path("auth/password", logins.Password.as_view(), name="password"),
    path("me", logins.Me.as_view(), name="me"),
    path("groups", groups.GroupList.as_view(), name="groups"),
    path("groups/<uuid:group_id>", include(group)),
]
