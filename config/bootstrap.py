"""What ./run and ./test do before anything of the service can be imported: a Python, its packages, the system's part.

Only the standard library, and syntax an older Python can parse: this file is what tells such a Python to step aside.
"""

from __future__ import annotations

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


def phase(name: str, work: Callable[[], None]) -> None:
    """Say what begins and how long it took, so that nobody wonders whether it hangs."""
    begun = time.monotonic()
    print(f"{name} ...", flush=True)
    work()
    print(f"{name}: {time.monotonic() - begun:.1f} s", flush=True)


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


def has_venv() -> bool:
    """Debian ships `venv` without the pip it puts inside, in a package of its own."""
    code = "import venv, ensurepip"
    return subprocess.call([sys.executable, "-c", code], stderr=subprocess.DEVNULL) == 0


# What the system itself must have: the need, how to tell, and the Debian package that brings it.
SYSTEM: tuple[tuple[str, Callable[[], bool], str], ...] = (("Python's venv with pip", has_venv, "python3-venv"),)


def ensure_system() -> None:
    """Install what is missing where that is ours to do, else name it."""
    missing = [(need, package) for need, probe, package in SYSTEM if not probe()]
    if not missing:
        return
    packages = [package for _, package in missing]
    apt = shutil.which("apt-get")
    if os.geteuid() == 0 and apt:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        install = [apt, "install", "-y", "-q", *packages]
        phase(f"installing {' '.join(packages)}", lambda: logged([[apt, "update", "-q"], install], "apt", quiet))
    if not all(probe() for _, probe, _ in SYSTEM):
        fail(f"missing: {', '.join(need for need, _ in missing)}; on Debian: apt-get install {' '.join(packages)}")


def venv_path() -> Path:
    """Where the packages live: in the checkout, unless told otherwise."""
    return Path(os.environ.get("LUMBUNG_VENV") or ROOT / ".venv").absolute()


def logged(commands: Sequence[Sequence[str]], name: str, env: dict[str, str] | None = None) -> None:
    """Run commands into a log and show its end only when one fails."""
    log = venv_path().with_name(f"{venv_path().name}.{name}.log")
    with log.open("wb") as out:
        for command in commands:
            if subprocess.call(command, stdout=out, stderr=subprocess.STDOUT, env=env) != 0:
                lines = log.read_text(errors="replace").splitlines()[-TAIL:]
                print("\n".join(lines), file=sys.stderr)
                fail(f"{command[0]} failed; the whole output is in {log}")


def stamp_of(files: Sequence[Path]) -> str:
    """Changes exactly when the installed packages should."""
    digest = hashlib.sha256(sys.version.encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def build_venv(venv: Path, files: Sequence[Path]) -> None:
    """The packages, each checked against its hash."""
    python = str(venv / "bin" / "python")
    wanted = [part for file in files for part in ("-r", str(file))]
    pip = [python, "-m", "pip", "install", "--disable-pip-version-check", "--require-hashes", *wanted]
    phase("creating the virtual environment", lambda: logged([[sys.executable, "-m", "venv", str(venv)]], "venv"))
    phase("installing packages", lambda: logged([pip], "pip"))


def ensure_venv(requirement_files: Sequence[str]) -> Path:
    """The Python with these packages, built at most once for each content of the files."""
    files = [ROOT / name for name in requirement_files]
    venv = venv_path()
    python, wanted = venv / "bin" / "python", stamp_of(files)
    # One stamp for each set of files: ./run must be content with what ./test installed, and the other way round.
    stamp = venv / f"stamp-{files[-1].stem}"
    venv.parent.mkdir(parents=True, exist_ok=True)
    with open(venv.with_name(f"{venv.name}.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a second start waits for the first one's packages
        if not (python.exists() and stamp.exists() and stamp.read_text() == wanted):
            ensure_system()
            stamp.unlink(missing_ok=True)
            build_venv(venv, files)
            stamp.write_text(wanted)  # last: an interrupted install has no stamp and is repeated
    return python


def enter(module: str, requirement_files: Sequence[str]) -> NoReturn:
    """Become `python -m module` with this process's arguments."""
    try:
        python = str(ensure_venv(requirement_files))
    except OSError as error:
        fail(f"cannot prepare {venv_path()}: {error}")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    os.execv(python, [python, "-m", module, *sys.argv[1:]])
