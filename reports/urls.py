"""Reports' endpoints, below `groups/{group_id}`."""

from django.urls import path

from reports.api import mydata, receipts

urlpatterns = [
    path("/members/<uuid:member_id>/export", mydata.MemberExport.as_view(), name="member-export"),
    path("/receipts/<uuid:receipt_id>", receipts.ReceiptDetail.as_view(), name="receipt"),
]
