"""Row security and keys of the statements' tables, and what each role may do with them."""

from django.db import migrations

from ledger.shard import grants, group_owned

BOOK = ("group_id", "ledger_book", "group_id")
STATEMENT = "reports_statement"
CHANGED = [STATEMENT, "reports_delivery"]
ADDED_TO = ["reports_statementevent", "reports_deliveryevent"]
DIRECTORY = "reports_statementdirectory"


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0002_statements"),
        ("members", "0008_openness_fences"),
        ("ledger", "0004_holds"),
    ]

    operations = [
        group_owned(
            STATEMENT,
            foreign=[BOOK, ("member_id", "members_member", "id"), ("replaces_id", STATEMENT, "id")],
        ),
        group_owned("reports_delivery", foreign=[BOOK, ("statement_id", STATEMENT, "id")]),
        *(group_owned(table, key="pgh_id", foreign=[BOOK]) for table in ADDED_TO),
        grants(
            *(f"revoke all on {table} from public" for table in [*CHANGED, *ADDED_TO, DIRECTORY]),
            *(f"grant select, insert, update on {table} to {{app}}" for table in CHANGED),
            *(f"grant select, insert on {table} to {{app}}" for table in ADDED_TO),
            f"grant select, insert, update (sha256) on {DIRECTORY} to {{app}}",
            *(f"grant select on {table} to {{reader}}" for table in [*CHANGED, *ADDED_TO, DIRECTORY]),
            *(
                f"create policy reader_sees_all on {table} for select to {{reader}} using (true)"
                for table in [*CHANGED, *ADDED_TO]
            ),
        ),
    ]
