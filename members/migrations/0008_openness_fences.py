"""Row security and keys of what members doubt and of who looked at their data."""

from django.db import migrations

from ledger.shard import grants, group_owned

BOOK = ("group_id", "ledger_book", "group_id")
MEMBER = ("member_id", "members_member", "id")
ENTRIES = [("entry_id", "ledger_entry", "id"), ("correction_id", "ledger_entry", "id")]
TABLES = ("members_dispute", "members_disputeevent", "members_sight")


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0007_openness"),
        ("ledger", "0002_kernel"),
    ]

    operations = [
        group_owned("members_dispute", foreign=[BOOK, MEMBER, *ENTRIES]),
        group_owned("members_disputeevent", key="pgh_id", foreign=[BOOK]),
        group_owned("members_sight", foreign=[BOOK, MEMBER]),
        grants(
            *(f"revoke all on {table} from public" for table in TABLES),
            # Nothing of it is ever deleted, and only an answer changes a row.
            "grant select, insert, update on members_dispute to {app}",
            *(f"grant select, insert on {table} to {{app}}" for table in TABLES[1:]),
            *(f"grant select on {table} to {{reader}}" for table in TABLES),
            *(f"create policy reader_sees_all on {table} for select to {{reader}} using (true)" for table in TABLES),
        ),
    ]
