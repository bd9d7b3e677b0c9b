"""Savings' endpoints, below `groups/<group_id>`."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
