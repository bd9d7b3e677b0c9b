"""./run: everything Lumbung needs on one machine, started in order, watched, and stopped together."""

import argparse
import contextlib
import importlib.util
import json
import os
import shutil
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

from config.bootstrap import ROOT, fail, say
from config.children import Child, end_leftovers, stop_all, stop_listening
from config.embedded import Server, load_secrets
from config.locks import announce, digest_of, holder_of, is_stamped, try_lock
from config.osuser import data_folder
from config.roles import environment, prepare
from config.seal import ensure_seal

MANAGE = [sys.executable, str(ROOT / "manage.py")]
OWN_TABLES = ("makemigrations", "migrate", "restore", "sqlmigrate")  # commands that change the tables, or need none
Environment = dict[str, str]


class Stop(Exception):
    """Somebody asked us to end: SIGINT or SIGTERM."""


def on_signal(number: int, frame: FrameType | None) -> None:
    """Once. A second, impatient signal must not interrupt the stopping itself."""
    stop_listening()
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
    kept = load_secrets(data)
    keys = {name: kept[name] for name in ("SECRET_KEY", "MASTER_KEY")}
    return keys | {"LUMBUNG_DATA": str(data)} | dict(os.environ)


def without_owner(env: Environment) -> Environment:
    """What serves people cannot change tables or rights, not even when it is broken into."""
    return {name: value for name, value in env.items() if name != "DATABASE_OWNER_URL"}


def without_reader(env: Environment) -> Environment:
    """Only a worker proves books, so only a worker may read those of every group."""
    return {name: value for name, value in env.items() if name != "DATABASE_READER_URL"}


def without_seal(env: Environment) -> Environment:
    """Only a worker seals documents; whoever else looks at a seal needs the certificate alone."""
    return {name: value for name, value in env.items() if name != "SEAL_KEY"}


def seal(data: Path) -> Environment:
    """The installation's own, unless it was given a better one."""
    return {} if os.environ.get("SEAL_KEY") else ensure_seal(data)


def step(name: str, env: Environment, *command: str) -> None:
    """A management command that has to succeed before the service starts."""
    begun = time.monotonic()
    # Its own session: a Ctrl-C reaches the supervisor alone.
    child = subprocess.Popen([*MANAGE, *command], env=env, cwd=ROOT, start_new_session=True, stdout=sys.stderr)
    try:
        code = child.wait()
    except Stop:
        # Django notes a migration after its commit: one ended between the two could not be repeated.
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(60)
        raise
    finally:
        child.kill()
        child.wait()
    if code != 0:
        fail(f"{name} failed")
    say(f"{name}: {time.monotonic() - begun:.1f} s")


def migrate(data: Path, env: Environment) -> None:
    """The tables, unless they are those of this code already."""
    stamp = data / "migrated"
    wanted = digest_of([*ROOT.glob("*/migrations/*"), ROOT / "requirements.txt"], env["DATABASE_URL"])
    if env.get("DATABASE_OWNER_URL") and not is_stamped(stamp, wanted):
        step("migrate", env, "migrate", "--database", "owner", "--noinput", "--verbosity", "0")
        stamp.write_text(wanted)


def build(data: Path, env: Environment, empty: bool) -> None:
    """Tables, static files and something to look at."""
    migrate(data, env)
    env, stamp = without_owner(env), data / "collected"
    static = [path for path in ROOT.glob("*/static/**/*") if data not in path.parents]
    wanted = digest_of([*static, ROOT / "requirements.txt"], env["STATIC_ROOT"])
    if not is_stamped(stamp, wanted):
        step("collectstatic", env, "collectstatic", "--noinput", "--clear", "--verbosity", "0")
        stamp.write_text(wanted)
    if not empty:
        step("demo", env, "demo")  # at every start: it knows itself whether there is anything to do


def free_port(port: int, seconds: float) -> None:
    """A server killed a moment ago may still be leaving, so a taken port gets a second chance for so long."""
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
    web += ["--logger-class", "config.weblog.ServerLog"]
    found = [Child("web", web, without_seal(without_reader(env)), data)]
    if importlib.util.find_spec("config.celery"):
        celery = [*python, "celery", "--quiet", "-A", "config.celery"]
        name = f"lumbung-{digest_of([], str(data))[:8]}@%h"  # two data folders may share a broker
        alone = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        worker = [*celery, "worker", "--concurrency", "2", *alone, "--hostname", name]
        beat = [*celery, "beat", "--schedule", str(data / "beat"), "--pidfile="]
        found += [Child("worker", worker, env, data), Child("beat", beat, without_seal(without_reader(env)), data)]
    return found


def answers(url: str) -> bool:
    """Whether the web process serves."""
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{url}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def how_to_sign_in(data: Path, url: str) -> str:
    """The demonstration's logins, or how the first real user comes about."""
    file = data / "demo-logins.json"
    if not file.exists():
        place = "" if data == ROOT / "var" else f"--data {data} "
        return f"Nobody can sign in yet? ./run {place}manage add_treasurer NAME makes the first user."
    known = json.loads(file.read_text())
    lines = [f"  {role:<10} {login['username']:<16} {login['password']}" for role, login in known.items()]
    doors = f"Demo group, for trying (also in {file}); API at {url}/api/v1/docs/, operator's pages at {url}/operator/"
    return "\n".join([doors, *lines])


def watch(running: list[Child], url: str, data: Path, server: Server | None) -> None:
    """Until somebody stops us: restart what ends, and say when the service is there."""
    ready, until = False, time.monotonic() + 60
    while True:
        for child in running:
            child.tend()
        if server and not server.alive():
            say(f"PostgreSQL ended, starting again; see {server.log}")
            server.start()
        if not ready and answers(url):
            ready = True
            print(f"Lumbung. Data in {data}, logs in {data / 'log'}; Ctrl-C stops it.")
            print(how_to_sign_in(data, url), f"ready {url}", sep="\n", flush=True)
        elif not ready and time.monotonic() > until:
            fail(f"no answer from {url}/healthz for a minute; see {data / 'log' / 'web.log'}")
        time.sleep(0.5 if ready else 0.1)


def static_root(data: Path) -> Environment:
    """Collected files belong to the data folder: the checkout may be read-only."""
    return {} if "STATIC_ROOT" in os.environ else {"STATIC_ROOT": str(data / "static")}


def figures(data: Path, env: Environment) -> Environment:
    """Where the web processes add up their figures, which begin anew with each start."""
    if not env.get("METRICS_TOKEN") or "PROMETHEUS_MULTIPROC_DIR" in env:
        return {}
    folder = data / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    return {"PROMETHEUS_MULTIPROC_DIR": str(folder)}


def with_database(data: Path, work: Callable[[Environment, Server | None], int]) -> int:
    """Do something while the database is there, and leave nothing running."""
    if os.environ.get("DATABASE_URL"):
        return work(external(data) | static_root(data) | seal(data), None)
    server = Server(data)
    try:
        server.start()
        return work(dict(os.environ) | prepare(server) | static_root(data) | seal(data), server)
    finally:
        stop_listening()
        server.stop()


def serve(data: Path, port: int, empty: bool) -> int:
    """The supervisor."""
    url = f"http://127.0.0.1:{port}"
    killed = (data / "lock").exists() and holder_of(data)[1].startswith("http")
    lock = try_lock(data, "starting")
    if lock is None:
        pid, holder = holder_of(data)
        fail(f"{data} is in use by process {pid}: {holder}")
    with lock:
        end_leftovers(data)
        free_port(port, 12 if killed else 0.5)

        def work(env: Environment, server: Server | None) -> int:
            env = {"PUBLIC_URL": url} | env
            build(data, env, empty)
            announce(lock, url)  # from now on commands may use the database
            running = children(data, port, without_owner(env) | figures(data, env))
            try:
                watch(running, url, data, server)
            finally:
                stop_all(running)
            return 0

        try:
            return with_database(data, work)
        finally:
            announce(lock, "stopped")


def django(data: Path, env: Environment, command: list[str]) -> int:
    """Run one command to its end; a Ctrl-C reaches it from the terminal, a TERM through us."""
    child = subprocess.Popen([*MANAGE, *command], env=env)
    try:
        return child.wait()
    except Stop:
        child.terminate()
        child.wait()
        raise
    finally:
        if command[0] in OWN_TABLES:
            (data / "migrated").unlink(missing_ok=True)  # the next start has to look again


def manage(data: Path, command: list[str]) -> int:
    """One of Django's commands on this data, beside a running ./run or alone."""

    def alone(env: Environment, server: Server | None) -> int:
        if command[0] not in OWN_TABLES:
            migrate(data, env)
        return django(data, env, command)

    if os.environ.get("DATABASE_URL"):
        return django(data, external(data) | static_root(data) | seal(data), command)
    waited = False
    while True:
        lock = try_lock(data, "./run manage")
        if lock is not None:
            with lock:
                return with_database(data, alone)
        if holder_of(data)[1].startswith("http"):
            server = Server(data)
            server.wait()
            return django(data, dict(os.environ) | environment(server) | static_root(data) | seal(data), command)
        # Another command's database would end with that command: wait for its turn to be over.
        if not waited:
            say(f"waiting for another process, which uses {data}")
            waited = True
        time.sleep(0.2)


def main() -> int:
    given = arguments(sys.argv[1:])
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    os.environ.setdefault("HTTPS", "false")  # plain http on 127.0.0.1, unless a proxy stands in front
    try:
        data = data_folder(given.data, "var")
        (data / "log").mkdir(mode=0o700, exist_ok=True)
        return manage(data, given.rest[1:]) if given.rest else serve(data, given.port, given.empty)
    except PermissionError as error:
        fail(f"{error.filename} belongs to another user; start as that user, or name another folder with --data")
    except Stop:
        return 130 if given.rest else 0


if __name__ == "__main__":
    raise SystemExit(main())
