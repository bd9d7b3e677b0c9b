"""./test: the tests, against a PostgreSQL of their own unless the environment names one."""

import argparse
import base64
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import FrameType

from config.bootstrap import ROOT, ensure_system
from config.embedded import Server
from config.locks import try_lock
from config.osuser import data_folder, own
from config.roles import prepare

# What the tests in a browser need of the system, as bootstrap's tables say it.
A_FONT = "import pathlib; assert any(pathlib.Path('/usr/share/fonts').rglob('*.[to]t[fc]'))"
TO_BROWSE = (
    ("Chromium", "from config.trial import chromium; assert chromium()", "chromium-headless-shell"),
    ("a font", A_FONT, "fonts-dejavu-core"),
)


def chromium() -> str | None:
    """The system's Chromium, for the tests in a browser; None where there is none. One without windows and menus of its
    own comes first: drawing those for every visitor took longer than the pages."""
    places = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/bin"])
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    found = (shutil.which(name, path=places) for name in names)
    return next(filter(None, found), None)


def arguments(given: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """Ours, and pytest's."""
    parser = argparse.ArgumentParser(prog="./test", description="Test Lumbung.", epilog="The rest is pytest's.")
    parser.add_argument("--full", action="store_true", help="also the long tests, with more examples")
    parser.add_argument("--setup-only", action="store_true", help="install what is needed, then end")
    parser.add_argument("--browser", action="store_true", help="install what the tests in a browser need, too")
    return parser.parse_known_args(given)


def pytest_arguments(given: list[str]) -> list[str]:
    """Two processes, unless somebody says otherwise or looks at one test."""
    alone = ("-n", "--numprocesses", "--dist", "--pdb")
    own_way = any(word.startswith(alone) or word.endswith("no:xdist") or "::" in word for word in given)
    return given if own_way else ["-n", "2", *given]


def run_pytest(given: argparse.Namespace, rest: list[str], database: dict[str, str]) -> int:
    """Its exit code is ours."""
    env = dict(os.environ) | database
    env.setdefault("SECRET_KEY", "for the tests only: they sign nothing that lasts")
    env.setdefault("MASTER_KEY", base64.b64encode(b"for the tests only, nothing kept").decode())
    env.setdefault("HTTPS", "false")
    if given.full:
        env["LUMBUNG_FULL"] = "1"
    child = subprocess.Popen([sys.executable, "-m", "pytest", *pytest_arguments(rest)], env=env, cwd=ROOT)

    def pass_on(number: int, frame: FrameType | None) -> None:
        """A Ctrl-C has reached pytest already; a TERM has not. Either way pytest ends first, then the server."""
        if number == signal.SIGTERM:
            child.terminate()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, pass_on)
    return child.wait()


def on_server(given: argparse.Namespace, rest: list[str], data: Path) -> int:
    """With a server of our own that ends with the tests."""
    server = Server(data)
    try:
        server.start()
        return run_pytest(given, rest, prepare(server, createdb=True))
    finally:
        server.stop()


def main() -> int:
    given, rest = arguments(sys.argv[1:])
    if given.browser:
        ensure_system(sys.executable, TO_BROWSE)
    if given.setup_only:
        return 0
    if os.environ.get("DATABASE_URL"):
        return run_pytest(given, rest, {})
    data = data_folder(None, ".test")
    lock = try_lock(data, "./test")
    if lock is not None:
        with lock:
            return on_server(given, rest, data)
    # Another ./test uses the kept server; this one gets one for itself and leaves nothing.
    temporary = Path(tempfile.mkdtemp(prefix="lumbung-test-"))
    try:
        own(temporary)
        return on_server(given, rest, temporary)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


if __name__ == "__main__":
    raise SystemExit(main())
