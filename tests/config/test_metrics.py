"""Figures for Prometheus: for whoever bears the token, of all processes together, about nobody."""

import re

import pytest

from tests.config.elsewhere import asks

BEARING = {"path": "/metrics", "headers": {"Authorization": "Bearer figures-please"}}
ON = {"METRICS_TOKEN": "figures-please"}


@pytest.fixture
def folder(tmp_path) -> dict[str, str]:
    return {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}


def count(answer: dict, view: str) -> float:
    """How many requests this view has had."""
    wanted = rf'^django_http_requests_total_by_view_transport_method_total\{{.*view="{view}".*\}} (.*)$'
    return sum(float(found) for found in re.findall(wanted, answer["body"], re.MULTILINE))


def test_without_a_token_there_are_no_figures_and_nothing_counts_them():
    found = asks(BEARING, "/healthz", METRICS_TOKEN=None)

    assert [answer["status"] for answer in found["answers"]] == [404, 200]
    assert not [name for name in found["modules"] if name.startswith(("django_prometheus", "prometheus_client"))]


@pytest.mark.parametrize("said", [None, "Bearer ", "Bearer figures-pleas", "Basic figures-please", "figures-please"])
def test_whoever_does_not_bear_it_finds_nothing(said, folder):
    asked = {"path": "/metrics", "headers": {"Authorization": said} if said else {}}

    (answer,) = asks(asked, **ON, **folder)["answers"]

    assert answer["status"] == 404
    assert "django_http" not in answer["body"]


def test_several_processes_add_up(folder):
    asks("/healthz", "/healthz", **ON, **folder)

    *_, answer = asks("/healthz", BEARING, **ON, **folder)["answers"]

    assert answer["status"] == 200
    assert answer["headers"]["Content-Type"].startswith("text/plain")
    assert count(answer, "healthz") == 3


def test_labels_are_names_of_views(folder):
    *_, answer = asks("/api/v1/groups?search=Siti", "/Siti", {"path": "/", "method": "SITI"}, BEARING, **ON, **folder)[
        "answers"
    ]

    assert count(answer, "groups") == 1
    assert "siti" not in answer["body"].lower()
