"""The press's own process: it loads WeasyPrint, the style sheet and the fonts once, and forks for every document.

Only this module draws, and it imports nothing of the service. A document is untrusted: its fork has limits of
computing and memory, may write no file, sees no network where the system lets a process give it up, and is killed when
its time is over. What comes back is a PDF or a reason in one word.
"""

import contextlib
import ctypes
import gc
import io
import os
import resource
import select
import signal
import sys
import time
from datetime import UTC, datetime
from hashlib import md5
from typing import IO, Any, NoReturn

import weasyprint
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from reports.press import HERE, receive, send

VARIANT = "pdf/a-3a"
MARKS = {path.stem: path.read_text() for path in (HERE / "marks").glob("*.svg")}
NO_MEMORY = 3
DIE_WITH_PARENT, NEW_NETWORK, NEW_USER = 1, 0x40000000, 0x10000000


class Shelf(URLFetcher):
    """Hands out marks by name. Whatever else is asked for is refused, and the document with it."""

    def __init__(self, marks: dict[str, str]) -> None:
        super().__init__(allowed_protocols=[], allow_redirects=False, fail_on_errors=True)
        self.marks = marks

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        scheme, _, name = url.partition(":")
        if scheme != "mark" or name not in self.marks:
            raise ValueError("not on the shelf")
        return URLFetcherResponse(url, self.marks[name], {"Content-Type": "image/svg+xml"})


class Room:
    """What is loaded once."""

    def __init__(self) -> None:
        self.fonts = FontConfiguration()
        sheet = (HERE / "print.css").read_text()
        self.css = weasyprint.CSS(string=sheet, font_config=self.fonts, url_fetcher=Shelf(MARKS))
        warm = "<html lang=id><title>-</title><p>Lumbung 0,00 <b>1</b><table><tr><th>a<td class=figure>1</table>"
        self.draw({"html": warm, "identifier": "-", "made_on": "2000-01-01", "marks": {}, "attachments": []}, [])

    def draw(self, job: dict[str, Any], contents: list[bytes]) -> tuple[bytes, int]:
        """A document's bytes and pages. All that could differ between two runs comes from the job."""
        made_at = datetime.fromisoformat(job["made_on"]).replace(tzinfo=UTC)
        shelf = Shelf(MARKS | job["marks"])
        attachments = [
            weasyprint.Attachment(
                string=content,
                name=one["name"],
                description=one["description"],
                relationship=one["relationship"],
                created=made_at,
                modified=made_at,
                url_fetcher=shelf,
            )
            for one, content in zip(job["attachments"], contents, strict=True)
        ]
        document = weasyprint.HTML(string=job["html"], url_fetcher=shelf).render(
            font_config=self.fonts, stylesheets=[self.css], pdf_variant=VARIANT, pdf_tags=True, attachments=attachments
        )
        document.metadata.created = document.metadata.modified = f"{job['made_on']}T00:00:00+00:00"
        identifier = md5(job["identifier"].encode(), usedforsecurity=False).digest()
        pdf = document.write_pdf(pdf_variant=VARIANT, pdf_identifier=identifier, pdf_tags=True, attachments=attachments)
        return pdf, len(document.pages)


def print_alone(room: Room, job: dict[str, Any], contents: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
    """Draw in a fork of this process: its answer, or what became of it."""
    taking, giving = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(taking)
        in_fork(room, job, contents, giving)
    os.close(giving)
    answer = until_end(taking, time.monotonic() + job["limits"]["seconds"])
    os.close(taking)
    if answer is None:
        os.kill(pid, signal.SIGKILL)
    _, status, spent = os.wait4(pid, 0)
    if answer is None:
        return refused("took_too_long", "")
    head, blobs = judged(answer, status)
    return {**head, "cpu_seconds": spent.ru_utime + spent.ru_stime, "memory": spent.ru_maxrss * 1024}, blobs


def until_end(pipe: int, deadline: float) -> bytes | None:
    """All that comes until the other end is closed; None: the time was over first."""
    found = io.BytesIO()
    while True:
        ready, _, _ = select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return None
        part = os.read(pipe, 1 << 20)
        if not part:
            return found.getvalue()
        found.write(part)


# The kernel kills with KILL where the machine itself has no memory left.
DEATHS = {signal.SIGXCPU: "took_too_long", signal.SIGKILL: "document_too_large"}


def judged(answer: bytes, status: int) -> tuple[dict[str, Any], list[bytes]]:
    """A whole answer as it is; otherwise what the fork died of."""
    if os.WIFSIGNALED(status):
        number = signal.Signals(os.WTERMSIG(status))
        return refused(DEATHS.get(number, "not_printed"), number.name)
    if os.WEXITSTATUS(status) == NO_MEMORY:
        return refused("document_too_large", "")
    try:
        return receive(io.BytesIO(answer))
    except (EOFError, ValueError):
        return refused("not_printed", "setengah jadi")


def refused(code: str, what: str) -> tuple[dict[str, Any], list[bytes]]:
    return {"refused": code, "what": what}, []


def in_fork(room: Room, job: dict[str, Any], contents: list[bytes], giving: int) -> NoReturn:
    """The fork's whole life. No word of the document leaves it but in the PDF."""
    try:
        gc.disable()  # it lives for one document
        confine(job["limits"])
        with os.fdopen(giving, "wb") as pipe:
            send(pipe, *drawn(room, job, contents))
        os._exit(0)
    except MemoryError:
        os._exit(NO_MEMORY)
    finally:
        os._exit(1)


def drawn(room: Room, job: dict[str, Any], contents: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
    """The document, or why there is none: no word of it."""
    try:
        pdf, pages = room.draw(job, contents)
    except FatalURLFetchingError:
        return refused("asked_outside", "")
    except MemoryError:
        raise
    except Exception as error:
        return refused("not_printed", type(error).__name__)
    return {"pages": pages}, [pdf]


def confine(limits: dict[str, Any]) -> None:
    """What a document may take, and that it ends when the press does."""
    ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
    seconds, memory = limits["cpu_seconds"], limits["memory"]
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def leave_network() -> None:
    """A network of its own without a way out, where the system lets a process have one."""
    with contextlib.suppress(OSError):
        unshare = ctypes.CDLL(None, use_errno=True).unshare
        if unshare(NEW_NETWORK) != 0:
            unshare(NEW_USER | NEW_NETWORK)


def main(asking: IO[bytes], answering: IO[bytes]) -> None:
    """Print what is asked for, one document after the other, until nobody asks any more."""
    leave_network()
    weasyprint.LOGGER.disabled = True  # a warning could quote a paper
    room = Room()
    gc.collect()
    gc.freeze()
    send(answering, {"ready": True})
    while True:
        try:
            job, contents = receive(asking)
        except EOFError:
            return
        send(answering, *print_alone(room, job, contents))


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
