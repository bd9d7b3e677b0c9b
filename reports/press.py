"""The press: HTML in, an unsigned PDF/A-3a out. The same input gives the same bytes, on any machine.

One long-lived process (`reports.pressroom`) has the fonts and WeasyPrint loaded and forks for every document; here is
what asks it. A document that crashes, hangs or grows takes itself down alone: it is refused with a reason, and the next
one is printed. Nothing is ever fetched: a document names the marks of `reports/marks` and those that come with it
(`mark:NAME`), and one that names anything else is refused whole. Imports no Django.
"""

import contextlib
import json
import os
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import IO, Any, Literal

from reports.errors import AskedOutside, NotPrinted, TookTooLong, TooLarge

HERE = Path(__file__).resolve().parent


REASONS: Mapping[str, type[NotPrinted]] = {one.code: one for one in (NotPrinted, TookTooLong, TooLarge, AskedOutside)}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside the paper. `relationship`: what it is to the paper, in the words of PDF/A-3."""

    name: str
    mime: str
    content: bytes
    description: str
    relationship: Literal["Data", "Source", "Alternative", "Supplement"] = "Data"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may take: seconds of computing, seconds on the clock, bytes of memory."""

    cpu_seconds: int = 30
    seconds: float = 60
    memory: int = 700 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document to be printed. `identifier` makes the file's own id; `marks` are drawings (SVG) by name."""

    html: str
    identifier: str
    made_on: date
    attachments: tuple[Attachment, ...] = ()
    marks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Printed:
    """An unsigned paper and how many pages it has; what it took: seconds of computing, and bytes at the most."""

    pdf: bytes
    pages: int
    cpu_seconds: float = field(default=0.0, compare=False)
    memory: int = field(default=0, compare=False)


class Press:
    """The process and the way to it. It starts with the first document and ends with this process."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.owner = 0
        self.lock = threading.Lock()
        self.folder: tempfile.TemporaryDirectory[str] | None = None

    def print(self, sheet: Sheet, limits: Limits | None = None) -> Printed:
        """Raises NotPrinted and its kinds; after any of them the press is as good as before."""
        with self.lock:
            try:
                head, blobs = self._ask(sheet, limits or Limits())
            except (OSError, EOFError) as error:
                self.stop()
                raise NotPrinted(what="mesin cetak berhenti") from error
        if "refused" in head:
            raise REASONS[head["refused"]](what=head["what"])
        return Printed(blobs[0], head["pages"], head["cpu_seconds"], head["memory"])

    def _ask(self, sheet: Sheet, limits: Limits) -> tuple[dict[str, Any], list[bytes]]:
        running = self._running()
        assert running.stdin and running.stdout
        head = {
            "html": sheet.html,
            "identifier": sheet.identifier,
            "made_on": sheet.made_on.isoformat(),
            "marks": dict(sheet.marks),
            "limits": asdict(limits),
            "attachments": [
                {name: getattr(one, name) for name in ("name", "mime", "description", "relationship")}
                for one in sheet.attachments
            ],
        }
        send(running.stdin, head, [one.content for one in sheet.attachments])
        return receive(running.stdout)

    def _running(self) -> subprocess.Popen[bytes]:
        """The process of this one: what a fork inherited belongs to its parent."""
        if self.process is not None and (self.owner != os.getpid() or self.process.poll() is not None):
            self.stop()
        if self.process is None:
            self.owner = os.getpid()
            self.folder = tempfile.TemporaryDirectory(prefix="lumbung-press-")
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "reports.pressroom"],
                env=environment(self.folder.name),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,
            )
            assert self.process.stdout
            receive(self.process.stdout)
        return self.process

    def stop(self) -> None:
        """End the process, if it is ours; the next document starts another."""
        process, self.process = self.process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()
        if self.owner == os.getpid():
            process.kill()
            process.wait()
            if self.folder is not None:
                self.folder.cleanup()


PRESS = Press()


def environment(folder: str) -> dict[str, str]:
    """What the press is told: where our code and our fonts are, a folder of its own, and none of the service's
    secrets."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | {
        "PYTHONPATH": str(HERE.parent),
        "PYTHONHASHSEED": "0",
        "FONTCONFIG_FILE": str(HERE / "fonts" / "fonts.conf"),
        "XDG_CACHE_HOME": folder,
        "TZ": "UTC",
    }


# ── the wire: a length, a head in JSON with the lengths of what follows, and that ───────────────────────────────────


def send(pipe: IO[bytes], head: Mapping[str, Any], blobs: Sequence[bytes] = ()) -> None:
    """One message."""
    text = json.dumps({**head, "blobs": [len(one) for one in blobs]}).encode()
    pipe.write(struct.pack("!I", len(text)) + text)
    for one in blobs:
        pipe.write(one)
    pipe.flush()


def receive(pipe: IO[bytes]) -> tuple[dict[str, Any], list[bytes]]:
    """The next message. Raises EOFError when the other side ended, also in the middle of one."""
    (length,) = struct.unpack("!I", exactly(pipe, 4))
    head: dict[str, Any] = json.loads(exactly(pipe, length))
    return head, [exactly(pipe, size) for size in head.pop("blobs")]


def exactly(pipe: IO[bytes], count: int) -> bytes:
    """So many bytes."""
    found = pipe.read(count)
    if len(found) < count:
        raise EOFError("the press ended")
    return found
