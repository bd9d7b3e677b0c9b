"""Row security and keys of the group's own holidays."""

from django.db import migrations

from ledger.shard import grants, group_owned

BOOK = ("group_id", "ledger_book", "group_id")
TABLES = ("members_holiday", "members_holidayevent")


class Migration(migrations.Migration):
    dependencies = [("members", "0003_lending_policy")]

    operations = [
        group_owned("members_holiday", foreign=[BOOK]),
        group_owned("members_holidayevent", key="pgh_id", foreign=[BOOK]),
        grants(
            *(f"revoke all on {table} from public" for table in TABLES),
            "grant select, insert, update, delete on members_holiday to {app}",
            "grant select, insert on members_holidayevent to {app}",
            *(f"grant select on {table} to {{reader}}" for table in TABLES),
            *(f"create policy reader_sees_all on {table} for select to {{reader}} using (true)" for table in TABLES),
        ),
    ]
