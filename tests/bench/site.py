"""The web server that the door's benchmarks ask: gunicorn as `./run` starts it, with one endpoint that does nothing.

`nothing` is the floor: it goes through every middleware, finds the token and its user, and answers 204.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as ours
from members.door import View

__all__ = ["application", "handler400", "handler403", "handler404", "handler500", "urlpatterns"]


class Nothing(View):
    """The least an authenticated request can cost."""

    schema = None

    def get(self, request: Request) -> HttpResponse:
        """Nothing."""
        return HttpResponse(status=204)


urlpatterns = [path("api/v1/nothing", Nothing.as_view()), *ours]


@contextmanager
def site(workers: int = 2, threads: int = 4, **env: str) -> Iterator[int]:
    """The port of a running server; it is gone afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "tests.bench.site",
        "--bind",
        f"127.0.0.1:{port}",
        "--log-level",
        "warning",
    ]
    command += [
        "--worker-class",
        "gthread",
        "--workers",
        str(workers),
        "--threads",
        str(threads),
        "--no-control-socket",
    ]
    server = subprocess.Popen(command, env=dict(os.environ) | {"DATABASE_POOL": "true", "HTTPS": "false"} | env)
    try:
        _wait(port)
        yield port
    finally:
        server.terminate()
        server.wait(20)


def _wait(port: int) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


if __name__ != "__main__":
    settings.ROOT_URLCONF = "tests.bench.site"
    application = get_wsgi_application()
