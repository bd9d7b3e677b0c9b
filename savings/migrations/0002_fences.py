"""Row security and keys of savings' tables, and what each role may do with them."""

from django.db import migrations

from ledger.shard import grants, group_owned

BOOK = ("group_id", "ledger_book", "group_id")
PRODUCT = ("product_id", "savings_product", "id")
ACCOUNT = ("account_id", "savings_account", "id")
MEMBER = ("member_id", "members_member", "id")
TERMS = ["savings_product", "savings_due", "savings_rate"]
EVENTS = [f"{table}event" for table in TERMS]
# What has happened is only added to.
ADDED_TO = ["savings_account", "savings_movement", "savings_interestrun", "savings_interestline", *EVENTS]


class Migration(migrations.Migration):
    dependencies = [
        ("savings", "0001_initial"),
        ("members", "0002_fences"),
    ]

    operations = [
        group_owned("savings_product", foreign=[BOOK]),
        group_owned("savings_due", foreign=[BOOK, PRODUCT]),
        group_owned("savings_rate", foreign=[BOOK, PRODUCT]),
        group_owned("savings_account", foreign=[BOOK, MEMBER, PRODUCT, ("account_id", "ledger_account", "id")]),
        group_owned("savings_movement", foreign=[BOOK, MEMBER, ACCOUNT, ("entry_id", "ledger_entry", "id")]),
        group_owned("savings_interestrun", foreign=[BOOK, PRODUCT, ("entry_id", "ledger_entry", "id")]),
        group_owned("savings_interestline", foreign=[BOOK, ACCOUNT, ("run_id", "savings_interestrun", "id")]),
        *(group_owned(table, key="pgh_id", foreign=[BOOK]) for table in EVENTS),
        grants(
            *(f"revoke all on {table} from public" for table in [*TERMS, *ADDED_TO]),
            *(f"grant select, insert, update on {table} to {{app}}" for table in TERMS),
            *(f"grant select, insert on {table} to {{app}}" for table in ADDED_TO),
            *(f"grant select on {table} to {{reader}}" for table in [*TERMS, *ADDED_TO]),
            *(
                f"create policy reader_sees_all on {table} for select to {{reader}} using (true)"
                for table in [*TERMS, *ADDED_TO]
            ),
        ),
    ]
