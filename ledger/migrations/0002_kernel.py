"""Keys, row security, proofs, the functions that write, and who may call them."""

from pathlib import Path

from django.db import migrations

from ledger.shard import GROUP, KINDS, grants, group_owned, sql_file

HERE = Path(__file__).resolve().parent
TABLES = [table for table in KINDS if table.startswith("ledger_")]
BOOK = ("group_id", "ledger_book", "group_id")
WRITERS = (
    "ledger_begin(uuid, uuid)",
    "ledger_lock(uuid)",
    "ledger_post(uuid, uuid, uuid, uuid[], date[], text[], uuid[], text[], bytea[], int[], uuid[], bigint[], bigint[])",
    "ledger_open_book(uuid, text, int, text)",
    "ledger_open_accounts(uuid, uuid[], text[], text[], text[], text[], text[], uuid[], text[], bigint[])",
    "ledger_erase_notes(uuid, uuid[])",
    "ledger_close_month(uuid, uuid, date, uuid, uuid)",
    "ledger_reopen_month(uuid, date, uuid, uuid, text)",
)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        group_owned("ledger_book", replace_key=False),
        group_owned("ledger_account", foreign=[BOOK, ("parent_id", "ledger_account", "id")]),
        group_owned("ledger_command", key="key", foreign=[BOOK]),
        group_owned(
            "ledger_entry",
            foreign=[BOOK, ("command_id", "ledger_command", "key"), ("reverses_id", "ledger_entry", "id")],
        ),
        group_owned(
            "ledger_posting",
            replace_key=False,
            foreign=[("seq", "ledger_entry", "seq"), ("account_id", "ledger_account", "id")],
        ),
        group_owned("ledger_entrynote", key="entry_id", foreign=[("entry_id", "ledger_entry", "id")]),
        group_owned("ledger_monthclose", foreign=[BOOK]),
        group_owned(
            "ledger_monthbalance",
            replace_key=False,
            foreign=[("close_id", "ledger_monthclose", "id"), ("account_id", "ledger_account", "id")],
        ),
        sql_file(HERE / "proofs.sql", drop=[]),
        sql_file(HERE / "posting.sql", drop=[]),
        sql_file(HERE / "months.sql", drop=[]),
        # One plan for every call: planning the posting statement anew costs more than running it.
        migrations.RunSQL(
            f"alter function {WRITERS[2]} set plan_cache_mode = force_generic_plan", migrations.RunSQL.noop
        ),
        grants(
            "grant usage on schema public to {app}, {reader}",
            *(f"revoke all on {table} from public" for table in TABLES),
            *(f"grant select on {table} to {{app}}, {{reader}}" for table in TABLES),
            "grant select on django_migrations to {app}, {reader}",
            "grant insert on ledger_command to {app}",
            "grant insert, update, delete on ledger_job, ledger_outbox to {app}",
            *(
                f"create policy reader_sees_all on {table} for select to {{reader}} using (true)"
                for table in TABLES
                if KINDS[table] == GROUP
            ),
            *(f"revoke all on function {writer} from public" for writer in WRITERS),
            *(f"grant execute on function {writer} to {{app}}" for writer in WRITERS),
        ),
    ]
