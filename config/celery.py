"""Celery: one task that does jobs, a thread in each worker that delivers the outbox, and a beat that asks for jobs.

Beat never talks to the broker: it writes a job and its message to the database, under a key that names the moment, so
two beats ask once. An advisory lock keeps one beat at work all the same.
"""

import logging
import os
import threading
from datetime import datetime
from typing import Any
from uuid import UUID

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from celery import Celery, bootsteps
from celery.beat import ScheduleEntry, Scheduler
from celery.schedules import crontab
from celery.signals import setup_logging
from django.conf import settings
from django.db import connection
from kombu import Exchange, Queue

from ledger import jobs

log = logging.getLogger(__name__)
RABBITMQ = settings.BROKER_URL.startswith("amqp")
SEND_SECONDS = 5

app = Celery("lumbung")
app.conf.update(
    broker_url=settings.BROKER_URL,
    broker_transport_options={"confirm_publish": True, "read_timeout": SEND_SECONDS, "write_timeout": SEND_SECONDS}
    if RABBITMQ
    else {
        "conn_string": settings.BROKER_CONN_STRING,
        "init_extension": False,
        "visibility_timeout": settings.BROKER_VISIBILITY_SECONDS,
        "wait_time_seconds": 1,
        "poll_interval_ms": 50,
        "pool_timeout": SEND_SECONDS,
    },
    broker_connection_timeout=SEND_SECONDS,
    broker_connection_retry_on_startup=True,
    task_default_queue=settings.BROKER_QUEUE,
    task_queues=[
        Queue(
            settings.BROKER_QUEUE,
            Exchange(settings.BROKER_QUEUE, type="direct"),
            routing_key=settings.BROKER_QUEUE,
            queue_arguments={"x-queue-type": "quorum"} if RABBITMQ else None,
        )
    ],
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    worker_prefetch_multiplier=16 if not RABBITMQ else 1,
    worker_detect_quorum_queues=RABBITMQ,
    worker_send_task_events=False,
    broker_heartbeat=30,
    timezone="Asia/Jakarta",
    beat_max_loop_interval=5,
    beat_schedule={
        "verify_books": {"task": "ledger.verify_books", "schedule": crontab(hour=2, minute=30)},
        "run_day": {"task": "loans.run_day", "schedule": crontab(hour=0, minute=15)},
        "resend_stale": {"task": "ledger.resend_stale", "schedule": crontab(minute="*/5")},
        "tidy_door": {"task": "members.tidy", "schedule": crontab(hour=3, minute=45)},
        "issue_month": {"task": "reports.issue_month", "schedule": crontab(day_of_month=2, hour=4, minute=0)},
        "prune_outbox": {"task": "ledger.prune_outbox", "schedule": crontab(hour=3, minute=30)},
    },
)


@setup_logging.connect
def leave_logging(**told: Any) -> None:
    """Lines go where LOGGING says: Celery would set a level and formats of its own."""


@app.task(name="ledger.run_job")
def run_job(job_id: str) -> None:
    """Do the job with this id; see `ledger.jobs.run`."""
    jobs.run(UUID(job_id))


def send(job_id: UUID) -> None:
    """Hand one job to the broker, once and at once; what goes wrong is raised and the outbox keeps the message."""
    run_job.apply_async((str(job_id),), retry=False)


class OutboxStep(bootsteps.StartStopStep):
    """A thread of the worker that delivers the outbox twice a second, and more rarely while the broker is down."""

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run, name="outbox", daemon=True)

    def start(self, parent: Any) -> None:
        self.thread.start()

    def stop(self, parent: Any) -> None:
        self.stopping.set()
        self.thread.join(SEND_SECONDS + 1)

    def run(self) -> None:
        pause = 0.5
        while not self.stopping.wait(pause):
            try:
                while jobs.deliver(send):
                    pass
                pause = 0.5
            except Exception as error:
                log.warning("the outbox waits: %s", type(error).__name__)
                pause = min(pause * 2, 5)
            finally:
                connection.close()


app.steps["worker"].add(OutboxStep)


class OutboxScheduler(Scheduler):
    """Beat that writes jobs instead of sending messages, while it holds the advisory lock."""

    LOCK = 0x6C756D62

    def tick(self, *args: Any, **kwargs: Any) -> float:
        try:
            if not self._alone():
                return 5.0
            return float(super().tick(*args, **kwargs))
        except Exception as error:
            log.warning("beat waits: %s", type(error).__name__)
            connection.close()
            return 5.0

    def apply_entry(self, entry: ScheduleEntry, producer: Any = None) -> None:
        """As Celery's, but a moment whose job could not be written stays due."""
        log.info("Sending due task %s", entry.name)
        try:
            self.apply_async(entry, advance=False)
        except Exception:
            self.schedule[str(entry.name)] = entry
            self._heap = None
            raise

    def apply_async(self, entry: ScheduleEntry, producer: Any = None, advance: bool = True, **kwargs: Any) -> None:
        """Ask for the job of this minute, once however many beats there are."""
        if advance:
            self.reserve(entry)
        moment: datetime = self.app.now()
        jobs.enqueue(str(entry.task), key=f"{entry.name} {moment:%Y-%m-%dT%H:%M%z}")

    def _alone(self) -> bool:
        """Whether this beat holds the lock; it lives as long as the connection, which stays open."""
        with connection.cursor() as cursor:
            cursor.execute(
                "select exists (select from pg_locks where locktype = 'advisory' and objid = %s"
                " and pid = pg_backend_pid()) or pg_try_advisory_lock(%s)",
                [self.LOCK, self.LOCK],
            )
            return bool(cursor.fetchone()[0])


app.conf.beat_scheduler = OutboxScheduler
