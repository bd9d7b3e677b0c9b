"""`demo`: a small book with a few months of a group's life, made through the services; made once, then left alone."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand
from django.utils import timezone

from ledger import queries, services
from ledger.commands import Answer, fingerprint, key_for, perform
from ledger.context import COMMAND, in_book
from ledger.models import Book
from ledger.money import JournalLine

DEMO_GROUP = UUID("0de00de0-0de0-7de0-8de0-0de00de00de0")
TREASURER, CHAIR = key_for("demo treasurer"), key_for("demo chair")

# (months ago, day, memo, account debited, account credited, rupiah)
STORY = [
    (3, 5, "Hibah awal dari desa", "1-1010", "3-1030", 5_000_000),
    (3, 5, "Membuka rekening bank kelompok", "1-1110", "1-1010", 3_000_000),
    (3, 12, "Konsumsi rapat bulanan", "5-2030", "1-1010", 85_000),
    (2, 5, "Iuran dan uang buku anggota", "1-1010", "4-1040", 240_000),
    (2, 9, "Kedelai 50 kg untuk keripik tempe", "1-1410", "1-1010", 625_000),
    (2, 28, "Bunga bank", "1-1110", "4-2010", 4_250),
    (1, 5, "ATK dan cetak buku anggota", "5-2020", "1-1010", 57_500),
    (1, 9, "Margin penjualan bahan baku", "1-1010", "4-1050", 92_500),
]
MISTAKE = (1, 12, "Konsumsi rapat bulanan, salah catat", "5-2030", "1-1010", 850_000)


class Command(BaseCommand):
    help = "Fill the demo book, unless it is there."

    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.localdate()
        if in_book(DEMO_GROUP, None, lambda: Book.objects.filter(group_id=DEMO_GROUP).exists()):
            self.stdout.write(f"demo book {DEMO_GROUP} is there already")
            return
        in_book(DEMO_GROUP, TREASURER, lambda: services.open_book(DEMO_GROUP), limits=COMMAND)
        for number, line in enumerate(STORY):
            self.act(f"line {number}", lambda line=line: self.journal(line, today))
        self.act("mistake", lambda: self.journal(MISTAKE, today))
        self.act("correction", self.take_back_the_latest)
        in_book(
            DEMO_GROUP,
            TREASURER,
            lambda: services.close_month(DEMO_GROUP, month=months_ago(today, 3), second=CHAIR),
            limits=COMMAND,
        )
        self.stdout.write(f"demo book {DEMO_GROUP}: {len(STORY) + 2} entries, the first month closed")

    def act(self, name: str, body: Any) -> None:
        key = key_for("demo", DEMO_GROUP, name)
        print_of_it = fingerprint("DEMO", name, TREASURER, None)
        perform(group_id=DEMO_GROUP, key=key, actor_id=TREASURER, fingerprint=print_of_it, act=body, limits=COMMAND)

    def journal(self, line: tuple[int, int, str, str, str, int], today: date) -> Answer:
        ago, day, memo, debited, credited, rupiah = line
        posted = services.post_journal(
            DEMO_GROUP,
            effective_on=months_ago(today, ago) + timedelta(days=day - 1),
            memo=memo,
            postings=[JournalLine(debited, debit=rupiah), JournalLine(credited, credit=rupiah)],
        )
        return Answer(201, {"entry_id": str(posted.id), "seq": posted.seq})

    def take_back_the_latest(self) -> Answer:
        latest = queries.entries(DEMO_GROUP).last()
        assert latest is not None
        posted = services.reverse_entry(DEMO_GROUP, entry_id=latest.id, reason="Salah nol: seharusnya Rp85.000")
        return Answer(201, {"entry_id": str(posted.id), "seq": posted.seq})


def months_ago(today: date, months: int) -> date:
    """The first day of the month so many months before today's."""
    index = today.year * 12 + today.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)
