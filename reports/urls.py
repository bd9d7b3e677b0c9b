"""Reports' endpoints, below `groups/{group_id}`."""

from django.urls import path

from reports.api import mydata, portal, receipts

urlpatterns = [
    path("/members/<uuid:member_id>/export", mydata.MemberExport.as_view(), name="member-export"),
    path("/portal", portal.PortalTotals.as_view(), name="portal-totals"),
    path("/portal/loans", portal.PortalLoans.as_view(), name="portal-loans"),
    path("/portal/members", portal.PortalMembers.as_view(), name="portal-members"),
    path("/receipts/<uuid:receipt_id>", receipts.ReceiptDetail.as_view(), name="receipt"),
]
