"""How many wrong PINs and codes one user may send in a day, over all her phones and cards.

Each is counted before it is looked at, in the transaction that counts it for the phone or card as well, and taken back
when it was right: tries side by side cannot outrun the count.
"""

from datetime import datetime
from uuid import UUID

from ledger import kernel
from members.errors import TooManyToday

MOST_A_DAY = 20
# An hour a row; the day that counts ends now.
COUNT = """
    with mine as (
        insert into members_wrongtry (user_id, since, count) values (%s, date_trunc('hour', now(), 'UTC'), 1)
        on conflict (user_id, since) do update set count = members_wrongtry.count + 1
        returning since, count)
    select mine.since, mine.count + coalesce((
        select sum(w.count) from members_wrongtry w
         where w.user_id = %s and w.since > now() - interval '1 day' and w.since <> mine.since), 0)
      from mine"""
TAKE_BACK = "update members_wrongtry set count = count - 1 where user_id = %s and since = %s and count > 0"


def count(user_id: UUID) -> datetime:
    """Count one, before it is looked at; gives what `right` wants back. Raises TooManyToday, which rolls it back."""
    [(since, counted)] = kernel.call(COUNT, (user_id, user_id))
    if counted > MOST_A_DAY:
        raise TooManyToday(most=MOST_A_DAY)
    hour: datetime = since
    return hour


def right(user_id: UUID, since: datetime) -> None:
    """It was a right one: take it back."""
    kernel.call(TAKE_BACK, (user_id, since))
