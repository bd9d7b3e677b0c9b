"""Reports' endpoints, below `groups/{group_id}`."""

from django.urls import path

from reports.api import receipts

urlpatterns = [
    path("/receipts/<uuid:receipt_id>", receipts.ReceiptDetail.as_view(), name="receipt"),
]
