"""What every process logs: one JSON object a line on stderr, and nothing that quotes a person.

structlog's lines and those of the standard library (Django, Celery, gunicorn) leave through one formatter. Needs no
settings: they need it, and gunicorn's first process has none. `LOG_FORMAT=line` makes lines for a terminal.
"""

import logging
import os
import sys
import traceback
from collections import defaultdict
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

import psycopg
import structlog
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent
Event = MutableMapping[str, Any]

# What these write into the gaps of their sentences came with a request: a user name, an address, an error's message.
QUOTING = ("axes", "celery.worker.request")
# What these say is about the installation, and whoever runs it has to read it.
OUTSPOKEN = (ImproperlyConfigured, ImportError)
SAID_BY_CELERY = ("name", "id", "description", "runtime")


def configure() -> None:
    """Hand structlog's lines, and Python's warnings, to the standard library, whose handler has our formatter."""
    logging.captureWarnings(True)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def formatter() -> logging.Formatter:
    """The last step of every line."""
    plain = os.environ.get("LOG_FORMAT", "json") == "line"
    renderer = structlog.dev.ConsoleRenderer(colors=False) if plain else structlog.processors.JSONRenderer()
    made: logging.Formatter = structlog.stdlib.ProcessorFormatter(
        pass_foreign_args=True,
        foreign_pre_chain=[unquoted],
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            failure,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            renderer,
        ],
    )
    return made


def unquoted(logger: Any, name: str, event: Event) -> Event:
    """Leave out of others' sentences what they quote from a request."""
    record: logging.LogRecord = event["_record"]
    arguments, template = event.pop("positional_args", ()), str(record.msg)
    if record.name == "django.request":
        event["event"] = str(arguments[0]) if arguments else "failed"  # the second one is a path
        event.update(said_of(getattr(record, "request", None)))
    elif record.name.startswith("django.security"):
        event["event"] = "refused"
    elif record.name == "celery.app.trace" and isinstance(arguments, dict):
        kept = {word: arguments[word] for word in SAID_BY_CELERY if word in arguments}
        event["event"] = (template % defaultdict(lambda: "-", kept)).strip()
    elif record.name.startswith(QUOTING):
        event["event"] = template
    elif record.name == "gunicorn.error":
        quoting = ("Error handling request", "Invalid request")
        event["event"] = next((start for start in quoting if template.startswith(start)), event["event"])
    return event


def said_of(request: Any) -> Event:
    """A request's method and route: the pattern that matched, never the path."""
    match = getattr(request, "resolver_match", None)
    return {"method": getattr(request, "method", None) or "-", "route": match.route if match else "-"}


def failure(logger: Any, name: str, event: Event) -> Event:
    """An exception as its type and where it came from, without its message and without anybody's variables.

    A message may quote a person: `Key (name)=(Siti) already exists`. Only a wrong installation is told in words.
    """
    given = event.pop("exc_info", None)
    event.pop("stack_info", None)
    error = given[1] if isinstance(given, tuple) else given
    if error is True:
        error = sys.exc_info()[1]
    if not isinstance(error, BaseException):
        return event
    first, *causes = chain(error)
    event["error"] = type_of(first)
    if isinstance(first, OUTSPOKEN):
        event["reason"] = str(first)
    if causes:
        event["causes"] = [type_of(cause) for cause in causes]
    for cause in (first, *causes):
        if isinstance(cause, psycopg.Error):
            event.update(sqlstate=cause.sqlstate, constraint=cause.diag.constraint_name)
            break
    event["frames"] = frames(first)
    return event


def chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and what led to it, as a traceback would tell."""
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield following
        hidden = following.__suppress_context__
        following = following.__cause__ or (None if hidden else following.__context__)


def type_of(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def frames(error: BaseException) -> list[str]:
    """`file:line function`, the outermost first."""
    return [
        f"{short(frame.f_code.co_filename)}:{line} {frame.f_code.co_name}"
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]


def short(file: str) -> str:
    """A file's name without where it is installed."""
    _, found, package = file.rpartition("/site-packages/")
    return package if found else file.removeprefix(f"{ROOT}/")
