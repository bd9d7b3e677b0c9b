"""./run: everything Lumbung needs on one machine, started in order, watched, and stopped together."""

import argparse
import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from config.bootstrap import ROOT, fail
from config.children import Child, stop_all
from config.embedded import Server, load_secrets
from config.locks import digest_of, holder_of, is_stamped, try_lock
from config.osuser import data_folder
from config.roles import environment, prepare

MANAGE = [sys.executable, str(ROOT / "manage.py")]
Environment = dict[str, str]


class Stop(Exception):
    """Somebody asked us to end: SIGINT or SIGTERM."""


def on_signal(number: int, frame: FrameType | None) -> None:
    """Once. A second, impatient signal must not interrupt the stopping itself."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    raise Stop


def arguments(given: list[str]) -> argparse.Namespace:
    """The command line; what follows `manage` is Django's."""
    parser = argparse.ArgumentParser(prog="./run", description="Start Lumbung on this machine.")
    parser.add_argument("--port", type=int, default=8000, help="of 127.0.0.1, 8000 unless told")
    parser.add_argument("--data", help="the folder of database, secrets and logs, ./var unless told")
    parser.add_argument("--empty", action="store_true", help="without the demonstration groups")
    parser.add_argument("rest", nargs=argparse.REMAINDER, metavar="manage ...", help="run one of Django's commands")
    parsed = parser.parse_args(given)
    if parsed.rest and (parsed.rest[0] != "manage" or len(parsed.rest) < 2):
        parser.error(f"unknown: {' '.join(parsed.rest)}")
    return parsed


def external(data: Path) -> Environment:
    """The environment where the database is somebody else's care."""
    if not os.environ.get("BROKER_URL"):
        fail("DATABASE_URL is set, so BROKER_URL has to be set too")
    return {"SECRET_KEY": load_secrets(data)["SECRET_KEY"]} | dict(os.environ)


def without_owner(env: Environment) -> Environment:
    """What serves people cannot change tables or rights, not even when it is broken into."""
    return {name: value for name, value in env.items() if name != "DATABASE_OWNER_URL"}


def once(stamp: Path, wanted: str, name: str, env: Environment, *command: str) -> None:
    """A management command that need not run again before its stamp changes."""
    if is_stamped(stamp, wanted):
        return
    begun = time.monotonic()
    # Its own session: a Ctrl-C reaches the supervisor alone, and an interrupted migration rolls back.
    child = subprocess.Popen([*MANAGE, *command], env=env, cwd=ROOT, start_new_session=True)
    try:
        code = child.wait()
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
    if code != 0:
        fail(f"{name} failed")
    stamp.write_text(wanted)
    print(f"{name}: {time.monotonic() - begun:.1f} s", flush=True)


def build(data: Path, env: Environment, empty: bool) -> None:
    """Tables, static files and, on the first start, something to look at."""
    code = [*ROOT.glob("*/migrations/*"), ROOT / "requirements.txt"]
    place = env["DATABASE_URL"]
    if env.get("DATABASE_OWNER_URL"):
        migrate = ("migrate", "--database", "owner", "--noinput", "--verbosity", "0")
        once(data / "migrated", digest_of(code, place), "migrate", env, *migrate)
    env = without_owner(env)
    static = [path for path in ROOT.glob("*/static/**/*") if data not in path.parents] + [ROOT / "requirements.txt"]
    collect = ("collectstatic", "--noinput", "--clear", "--verbosity", "0")
    once(data / "collected", digest_of(static, env["STATIC_ROOT"]), "collectstatic", env, *collect)
    if not empty and (ROOT / "ledger" / "management" / "commands" / "demo.py").exists():
        once(data / "demo", digest_of([], place), "demo", env, "demo")


def free_port(port: int, seconds: float = 2) -> None:
    """A server killed a moment ago may still be leaving, so a taken port gets a second chance."""
    until = time.monotonic() + seconds
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                return
            except (OSError, OverflowError) as error:
                if time.monotonic() > until:
                    fail(f"127.0.0.1:{port} cannot be used ({error}); choose another with --port")
        time.sleep(0.1)


def children(data: Path, port: int, env: Environment) -> list[Child]:
    """The processes of the service."""
    python = [sys.executable, "-m"]
    web = [*python, "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"]
    web += ["--workers", "2", "--threads", "4", "--graceful-timeout", "8", "--no-control-socket"]
    found = [Child("web", web, env, data)]
    if importlib.util.find_spec("config.celery"):
        celery = [*python, "celery", "-A", "config.celery"]
        worker = [*celery, "worker", "--concurrency", "2", "--without-gossip", "--without-mingle"]
        beat = [*celery, "beat", "--schedule", str(data / "beat"), "--pidfile="]
        found += [Child("worker", worker, env, data), Child("beat", beat, env, data)]
    return found


def answers(url: str) -> bool:
    """Whether the web process serves."""
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{url}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def watch(running: list[Child], url: str, data: Path, server: Server | None) -> None:
    """Until somebody stops us: restart what ends, and say when the service is there."""
    ready, until = False, time.monotonic() + 60
    while True:
        for child in running:
            child.tend()
        if server and not server.alive():
            fail(f"PostgreSQL ended; see {data / 'log' / 'postgres.log'}")
        if not ready and answers(url):
            ready = True
            print(f"Lumbung. Data in {data}, logs in {data / 'log'}; Ctrl-C stops it.\nready {url}", flush=True)
        elif not ready and time.monotonic() > until:
            fail(f"no answer from {url}/healthz for a minute; see {data / 'log' / 'web.log'}")
        time.sleep(0.5 if ready else 0.1)


def with_database(data: Path, work: Callable[[Environment, Server | None], int]) -> int:
    """Do something while the database is there, and leave nothing running."""
    static = {"STATIC_ROOT": str(data / "static")} if "STATIC_ROOT" not in os.environ else {}
    if os.environ.get("DATABASE_URL"):
        return work(external(data) | static, None)
    server = Server(data)
    try:
        server.start()
        return work(dict(os.environ) | prepare(server) | static, server)
    finally:
        server.stop()


def serve(data: Path, port: int, empty: bool) -> int:
    """The supervisor."""
    url = f"http://127.0.0.1:{port}"
    lock = try_lock(data, url)
    if lock is None:
        pid, holder = holder_of(data)
        fail(f"{data} is in use by process {pid}: {holder}")
    with lock:
        free_port(port)

        def work(env: Environment, server: Server | None) -> int:
            build(data, env, empty)
            running = children(data, port, without_owner(env))
            try:
                watch(running, url, data, server)
            finally:
                stop_all(running)
            return 0

        return with_database(data, work)


def manage(data: Path, command: list[str]) -> int:
    """One of Django's commands on this data, beside a running ./run or alone."""

    def work(env: Environment, server: Server | None) -> int:
        return subprocess.call([*MANAGE, *command], env=env)

    waited = False
    while True:
        lock = try_lock(data, "./run manage")
        if lock is not None:
            with lock:
                return with_database(data, work)
        if os.environ.get("DATABASE_URL"):
            return work(external(data), None)
        if holder_of(data)[1].startswith("http"):
            server = Server(data)
            server.wait()
            return work(dict(os.environ) | environment(server) | {"STATIC_ROOT": str(data / "static")}, server)
        # Another command's database would end with that command: wait for its turn to be over.
        if not waited:
            print(f"waiting for process {holder_of(data)[0]}, which uses {data}", file=sys.stderr, flush=True)
            waited = True
        time.sleep(0.2)


def main() -> int:
    given = arguments(sys.argv[1:])
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    try:
        data = data_folder(given.data, "var")
        (data / "log").mkdir(mode=0o700, exist_ok=True)
        return manage(data, given.rest[1:]) if given.rest else serve(data, given.port, given.empty)
    except Stop:
        return 130 if given.rest else 0


if __name__ == "__main__":
    raise SystemExit(main())
