"""The archive: every issued file, as it was signed, in a folder (`STATEMENTS_DIR`).

A file is written beside its place, brought to the disk, and renamed: a half file is never seen, whatever interrupts us.
Its name holds its hash, so that two workers at one paper cannot write over each other. What names one member alone is
sealed under her own key, and cannot be read once she is forgotten.
"""

import contextlib
import os
import re
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

from members.keys import keyring
from members.sealing import Unsealable

NAME = re.compile(r"[0-9a-f-]{36}/[0-9a-f-]{36}-[0-9a-f]{16}\.(pdf|sealed)\Z")


class Unreadable(Exception):
    """The file is not there, was changed, or cannot be opened any more."""


class Key(NamedTuple):
    """Whose file it is: her data key, wrapped, and her person's id."""

    wrapped: bytes
    person_id: UUID


def put(group_id: UUID, statement_id: UUID, content: bytes, key: Key | None) -> str:
    """Keep a signed file, sealed if there is a key; gives the name under which it is found. Raises OSError."""
    ending = "pdf" if key is None else "sealed"
    name = f"{group_id}/{statement_id}-{sha256(content).hexdigest()[:16]}.{ending}"
    if key is not None:
        content = keyring().seal_file(key.wrapped, content, about=_about(key, statement_id))
    place = _place(name)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = place.with_name(f"{place.name}.{os.getpid()}.part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    part.rename(place)
    _settle(place.parent)
    return name


def get(name: str, statement_id: UUID, digest: bytes, key: Key | None) -> bytes:
    """A signed file as it was issued; `digest` is its SHA-256. Raises Unreadable."""
    try:
        content = _place(name).read_bytes()
        if name.endswith(".sealed"):
            if key is None:
                raise Unreadable("its key is gone")
            content = keyring().open_file(key.wrapped, content, about=_about(key, statement_id))
    except OSError as error:
        raise Unreadable(type(error).__name__) from None
    except Unsealable:
        raise Unreadable("it cannot be unsealed") from None
    if sha256(content).digest() != digest:
        raise Unreadable("it is not the file that was issued")
    return content


def discard(name: str) -> None:
    """Take away what another worker's file has made useless."""
    with contextlib.suppress(OSError):
        _place(name).unlink()


def _place(name: str) -> Path:
    if not NAME.match(name):
        raise Unreadable("that is no name of ours")
    return Path(settings.STATEMENTS_DIR) / name


def _about(key: Key, statement_id: UUID) -> bytes:
    return key.person_id.bytes + statement_id.bytes


def _settle(folder: Path) -> None:
    """Bring the folder's own list of names to the disk, and its parents' that may be new."""
    for one in (folder, folder.parent, folder.parent.parent):
        held = os.open(one, os.O_RDONLY)
        try:
            os.fsync(held)
        finally:
            os.close(held)
