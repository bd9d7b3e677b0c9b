"""Pages that cross apps, below `/k/{group_id}`."""

from django.urls import path

from reports.views import home, member

urlpatterns = [
    path("", home.Home.as_view(), name="home"),
    path("/anggota/<uuid:member_id>", member.Member.as_view(), name="member"),
]
