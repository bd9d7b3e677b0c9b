"""What has run out is put away by night, in jobs; what has not stays."""

from datetime import timedelta

from django.utils import timezone

from ledger import jobs
from ledger.context import in_book
from ledger.models import Job
from members.models import PendingAct, Token
from tests.cast import BANK, CASH
from tests.door import Kelompok


def ran(task: str) -> Job:
    """The job of this name, done as a worker does it."""
    job = Job.objects.get(task=task)
    jobs.run(job.id)
    return Job.objects.get(id=job.id)


def test_expired_tokens_and_requests_are_forgotten_and_no_others(scratch):
    group, other = Kelompok.opened(), Kelompok.opened("b", "Tetangga")
    for one in (group, other):
        one.has(5_000_000)
        one.budi.pays(f"{one.path}/ledger/entries", one.journal(BANK, CASH, 3_000_000))
    past = timezone.now() - timedelta(seconds=1)
    group.asks(lambda: PendingAct.objects.filter(group_id=group.id).update(expires_at=past))
    Token.objects.filter(user=group.phones["dewi"].user).update(expiry=past)
    tokens = Token.objects.count()
    jobs.enqueue("members.tidy", key="tonight")

    assert ran("members.tidy").result == {"forgotten": 1, "groups": 1}
    assert ran("members.tidy_group").result == {"forgotten": 1}

    assert Token.objects.count() == tokens - 1
    assert group.phones["dewi"].gets("me").status == 401
    waiting = [in_book(one.id, None, lambda: PendingAct.objects.count()) for one in (group, other)]
    assert waiting == [0, 1]
