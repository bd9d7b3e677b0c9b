"""Pages about people and the books, below `/k/{group_id}`."""

from django.urls import path

from members.views import people

urlpatterns = [
    path("/anggota", people.Members.as_view(), name="members"),
]
