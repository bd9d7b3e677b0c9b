"""Papers reach a mailbox by a real SMTP server; what it refuses for good is shown, what may pass is tried again."""

from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256

import pytest
from django.conf import settings
from django.utils import timezone

from ledger import jobs
from ledger.models import Job, Outbox
from reports import delivering, issuing
from reports.models import Delivery, Statement
from reports.papers import KINDS
from tests.pages import Browser
from tests.reports import cashbook
from tests.reports.papers import Papers
from tests.reports.post import Office, post_office

BANK = "kredit@bank.example"


@pytest.fixture
def office(monkeypatch) -> Iterator[Office]:
    with post_office() as office:
        monkeypatch.setattr(settings, "EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
        monkeypatch.setattr(settings, "EMAIL_HOST", "127.0.0.1")
        monkeypatch.setattr(settings, "EMAIL_PORT", office.port)
        yield office


@pytest.fixture
def one(papers, monkeypatch) -> Statement:
    """A paper that names nobody, asked for and not made yet."""
    monkeypatch.setitem(KINDS, "cash", cashbook.KIND)
    asked: Statement = papers.kelompok.asks(
        lambda: issuing.ask_for(
            papers.kelompok.group,
            kind="cash",
            subject_id=None,
            since=None,
            until=date(2026, 3, 31),
            today=date(2026, 4, 2),
            user_id=None,
        )
    )
    return asked


def sent_to(papers: Papers, one: Statement, address: str = BANK) -> Delivery:
    made: Delivery = papers.kelompok.asks(lambda: delivering.deliver_to(papers.row(one.id), address))
    return made


def now(papers: Papers, delivery: Delivery) -> Delivery:
    found: Delivery = papers.kelompok.asks(lambda: Delivery.objects.get(group_id=papers.id, id=delivery.id))
    return found


def attempt(delivery: Delivery, number: int = 0) -> Job:
    return Job.objects.get(key=f"delivery {delivery.id} {number}")


def give_up(job: Job) -> None:
    for _ in range(jobs.ATTEMPTS):
        jobs.run(job.id)


def test_a_paper_is_sent_when_it_is_there_with_the_file_that_was_issued(papers, one, office):
    delivery = sent_to(papers, one)
    assert not Job.objects.filter(task=delivering.TASK).exists()

    papers.work()
    papers.work()

    [letter] = office.letters
    ready = papers.row(one.id)
    assert letter["To"] == BANK and ready.number in letter["Subject"]
    body, file = letter.get_payload()
    assert file.get_content_type() == "application/pdf"
    assert sha256(file.get_payload(decode=True)).digest() == bytes(ready.sha256)
    assert f"/v/{ready.code}" in body.get_payload(decode=True).decode()
    assert now(papers, delivery).status == "sent"


def test_a_message_that_comes_again_sends_nothing_twice(papers, one, office):
    delivery = sent_to(papers, one)
    papers.work()
    papers.work()

    Job.objects.filter(id=attempt(delivery).id).update(status="queued")
    jobs.run(attempt(delivery).id)

    assert len(office.letters) == 1
    assert papers.kelompok.asks(lambda: delivering.deliver_to(papers.row(one.id), BANK)).id == delivery.id


def test_a_worker_killed_after_the_letter_left_sends_it_again_under_the_same_name(papers, one, office):
    delivery = sent_to(papers, one)
    papers.work()

    delivering.send(attempt(delivery))  # and then the power was cut
    papers.work()

    assert len({letter["Message-ID"] for letter in office.letters}) == 1 < len(office.letters)
    assert now(papers, delivery).status == "sent"


def test_a_mailbox_that_does_not_exist_is_noted_and_shown(papers, one, office):
    office.refusals[BANK] = "550 5.1.1 no such mailbox"
    delivery = sent_to(papers, one)
    papers.work()
    papers.work()

    refused = now(papers, delivery)
    assert (refused.status, refused.said) == ("refused", "550 5.1.1 no such mailbox")
    assert attempt(delivery).attempts == 1
    page = Browser(papers.kelompok).opens("document", statement_id=one.id).text
    assert "ditolak penerima: 550 5.1.1 no such mailbox" in page


def test_a_letter_refused_for_good_is_not_sent_again(papers, one, office):
    office.shut = "552 message too large"
    delivery = sent_to(papers, one)
    papers.work()
    papers.work()

    assert (now(papers, delivery).status, now(papers, delivery).said) == ("refused", "552 message too large")


@pytest.mark.parametrize("passing", ["451 try again later", "421 too many letters"])
def test_what_may_pass_is_tried_again_at_once_and_then_after_hours(papers, one, office, passing, caplog):
    office.refusals[BANK] = passing
    delivery = sent_to(papers, one)
    papers.work()

    give_up(attempt(delivery))

    waiting, later = now(papers, delivery), attempt(delivery, 1)
    assert (waiting.status, waiting.said) == ("queued", passing)
    due = Outbox.objects.get(job=later).due_at - timezone.now()
    assert timedelta(minutes=59) < due < timedelta(minutes=61)
    office.refusals.clear()
    jobs.run(later.id)
    assert (now(papers, delivery).status, len(office.letters)) == ("sent", 1)


def test_a_server_that_never_answers_is_given_up_after_three_days(papers, one, office, monkeypatch, caplog):
    monkeypatch.setattr(settings, "EMAIL_PORT", 1)
    delivery = sent_to(papers, one)
    papers.work()

    for number in range(delivering.TRIES):
        assert now(papers, delivery).status == "queued"
        give_up(attempt(delivery, number))

    assert (now(papers, delivery).status, now(papers, delivery).said) == ("failed", "ConnectionRefusedError")
    assert sum(2**number for number in range(delivering.TRIES - 1)) == 63


def test_without_a_mail_server_nothing_is_lost(papers, one, caplog):
    delivery = sent_to(papers, one)
    papers.work()

    give_up(attempt(delivery))

    assert (now(papers, delivery).status, now(papers, delivery).said) == ("queued", "NoMailServer")


def test_what_names_one_member_alone_is_sent_to_nobody(papers):
    hers = papers.issued()

    with pytest.raises(ValueError, match="names one member"):
        sent_to(papers, hers)


def test_a_paper_that_is_replaced_meanwhile_is_not_sent(papers, one, office):
    delivery = sent_to(papers, one)
    papers.work()
    papers.kelompok.asks(
        lambda: issuing.revoke(papers.kelompok.group, one.id, reason="salah", user_id=papers.kelompok.budi.user.id)
    )

    papers.work()

    assert office.letters == [] and now(papers, delivery).status == "queued"
