"""Reports' endpoints, below `groups/{group_id}`."""

from django.urls import path

from reports.api import mydata, portal, receipts, statements

urlpatterns = [
    path("/members/<uuid:member_id>/export", mydata.MemberExport.as_view(), name="member-export"),
    path("/portal", portal.PortalTotals.as_view(), name="portal-totals"),
    path("/portal/facilities", portal.PortalFacilities.as_view(), name="portal-facilities"),
    path("/portal/loans", portal.PortalLoans.as_view(), name="portal-loans"),
    path("/portal/members", portal.PortalMembers.as_view(), name="portal-members"),
    path("/receipts/<uuid:receipt_id>", receipts.ReceiptDetail.as_view(), name="receipt"),
    path("/statements", statements.StatementList.as_view(), name="statements"),
    path("/statements/<uuid:statement_id>", statements.StatementDetail.as_view(), name="statement"),
    path("/statements/<uuid:statement_id>/pdf", statements.StatementPdf.as_view(), name="statement-pdf"),
    path("/statements/<uuid:statement_id>/reissue", statements.StatementReissue.as_view(), name="statement-reissue"),
    path("/statements/<uuid:statement_id>/revoke", statements.StatementRevoke.as_view(), name="statement-revoke"),
]
