"""Pages that cross apps, below `/k/{group_id}`."""

from django.urls import path

from reports.views import collection, home, member, receipt

urlpatterns = [
    path("", home.Home.as_view(), name="home"),
    path("/anggota/<uuid:member_id>", member.Member.as_view(), name="member"),
    path("/anggota/<uuid:member_id>/terima", collection.Collect.as_view(), name="collect"),
    path("/bukti/<uuid:command>", receipt.Receipt.as_view(), name="receipt"),
]
