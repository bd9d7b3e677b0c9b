"""Prometheus figures; loaded only where `METRICS_TOKEN` is set. Labels are names of views, never paths."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django_prometheus.exports import ExportToDjangoView
from django_prometheus.middleware import PrometheusAfterMiddleware


class Measured(PrometheusAfterMiddleware):
    """A method nobody knows is no label: anybody could make up any number of them."""

    def label_metric(self, metric: Any, request: HttpRequest, response: Any = None, **labels: Any) -> Any:
        if "method" in labels:
            labels["method"] = self._method(request)
        return super().label_metric(metric, request, response, **labels)


def exposition(request: HttpRequest) -> HttpResponse:
    """The figures of all web processes together, where PROMETHEUS_MULTIPROC_DIR names their folder."""
    answer: HttpResponse = ExportToDjangoView(request)
    return answer
