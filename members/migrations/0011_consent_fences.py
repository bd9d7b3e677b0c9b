"""Row security and keys of what lenders may see and were shown, and the rule that nothing is shown without a consent."""

from pathlib import Path

from django.db import migrations

from ledger.shard import grants, group_owned, sql_file

HERE = Path(__file__).resolve().parent
BOOK = ("group_id", "ledger_book", "group_id")
TABLES = ("members_consent", "members_consentevent", "members_disclosure")


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0010_consents"),
        ("ledger", "0002_kernel"),
    ]

    operations = [
        group_owned("members_consent", foreign=[BOOK]),
        group_owned("members_consentevent", key="pgh_id", foreign=[BOOK]),
        group_owned("members_disclosure", foreign=[BOOK, ("consent_id", "members_consent", "id")]),
        sql_file(
            HERE / "disclosures.sql",
            drop=[
                "drop trigger members_shown_under_consent on members_disclosure",
                "drop function members_shown_under_consent()",
            ],
        ),
        grants(
            *(f"revoke all on {table} from public" for table in TABLES),
            # Nothing of it is ever deleted, and only taking it back changes a consent.
            "grant select, insert, update on members_consent to {app}",
            *(f"grant select, insert on {table} to {{app}}" for table in TABLES[1:]),
            *(f"grant select on {table} to {{reader}}" for table in TABLES),
            *(f"create policy reader_sees_all on {table} for select to {{reader}} using (true)" for table in TABLES),
        ),
    ]
