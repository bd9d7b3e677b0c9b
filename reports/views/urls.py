"""Pages that cross apps, below `/k/{group_id}`."""

from django.urls import path

from reports.views import home

urlpatterns = [
    path("", home.Home.as_view(), name="home"),
]
