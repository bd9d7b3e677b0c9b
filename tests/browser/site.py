"""The web server that browsers ask: gunicorn as `./run` starts it, with the static files as they are served in earnest
(hashed and compressed), so that what is weighed is what people load."""

import fcntl
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from config import serve
from config.locks import digest_of, is_stamped
from tests.processes import ROOT, until


def collected(env: dict[str, str]) -> dict[str, str]:
    """The environment with the static files in it, collected once for each content of them."""
    folder = Path(env.get("LUMBUNG_DATA") or ROOT / ".test") / "browser"
    folder.mkdir(parents=True, exist_ok=True)
    env = env | {"STATIC_ROOT": str(folder / "static")}
    files = [path for path in ROOT.glob("*/static/**/*") if path.is_file()]
    wanted, stamp = digest_of([*files, ROOT / "requirements.txt"], env["STATIC_ROOT"]), folder / "collected"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_stamped(stamp, wanted):
            command = [*serve.MANAGE, "collectstatic", "--noinput", "--clear", "--verbosity", "0"]
            subprocess.run(command, env=env, cwd=ROOT, check=True)
            stamp.write_text(wanted)
    return env


@contextmanager
def served(env: dict[str, str], folder: Path) -> Iterator[str]:
    """The address of a running server; it is gone afterwards. `folder` is for its log."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    (folder / "log").mkdir(exist_ok=True)
    env = collected(env | {"HTTPS": "false", "FAILED_LOGINS": ""})
    env = {name: value for name, value in env.items() if name != "METRICS_TOKEN"}
    [web] = [child for child in serve.children(folder, port, serve.without_owner(env)) if child.name == "web"]
    web.begin(time.monotonic())
    assert web.process is not None
    try:
        until(lambda: serve.answers(f"http://127.0.0.1:{port}"), 60, lambda: web.log.read_text()[-3000:])
        yield f"http://localhost:{port}"  # a name, as passkeys know no addresses
    finally:
        web.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            web.process.wait(15)
        web.signal(9)
        web.process.wait()


def environment_here() -> dict[str, str]:
    """This process's, for a server on this process's database."""
    return dict(os.environ)
