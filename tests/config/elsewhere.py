"""A process of the service under another environment, and what it answers."""

import json
import os
import socket
import subprocess
import sys
from typing import Any

from tests.processes import ROOT

ASK = """
import json, sys, time
import django
django.setup()
from django.conf import settings
from django.test import Client
settings.STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
client, answers = Client(headers={"host": "localhost"}, raise_request_exception=False), []
for asked in json.loads(sys.argv[1]):
    began = time.monotonic()
    answer = client.generic(asked.get("method", "GET"), asked["path"], headers=asked.get("headers"))
    answers.append({
        "status": answer.status_code, "headers": dict(answer.headers), "body": answer.content.decode(),
        "cookies": {name: cookie.OutputString() for name, cookie in answer.cookies.items()},
        "seconds": time.monotonic() - began,
    })
print(json.dumps({"answers": answers, "modules": list(sys.modules)}))
"""


def environment(**changed: str | None) -> dict[str, str]:
    """This process's environment with these changed; None takes one away."""
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", **changed}
    return {name: value for name, value in env.items() if value is not None}


def asks(*asked: str | dict[str, Any], **changed: str | None) -> dict[str, Any]:
    """Requests to a fresh process; its answers in their order, and the modules it has loaded by then."""
    requests = [{"path": one} if isinstance(one, str) else one for one in asked]
    command = [sys.executable, "-c", ASK, json.dumps(requests)]
    done = subprocess.run(
        command, env=environment(**changed), cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def closed_port() -> int:
    """A port of this machine where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
