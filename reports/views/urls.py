"""Pages that cross apps, below `/k/{group_id}`."""

from django.urls import path

from reports.views import asking, collection, home, me, member, openness, portal, receipt

urlpatterns = [
    path("", home.Home.as_view(), name="home"),
    path("/portal", portal.GroupPortal.as_view(), name="portal"),
    path("/saya", me.Me.as_view(), name="me"),
    path("/anggota/<uuid:member_id>", member.Member.as_view(), name="member"),
    path("/anggota/<uuid:member_id>/terima", collection.Collect.as_view(), name="collect"),
    path("/anggota/<uuid:member_id>/salah", asking.AskWrong.as_view(), name="ask-wrong"),
    path("/anggota/<uuid:member_id>/dilihat", openness.Seen.as_view(), name="seen"),
    path("/anggota/<uuid:member_id>/data", openness.MyData.as_view(), name="mydata"),
    path("/bukti/<uuid:command>", receipt.Receipt.as_view(), name="receipt"),
]
