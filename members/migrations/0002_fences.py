"""Row security and keys of the members' tables, and what each role may do with them and with the framework's own."""

from pathlib import Path

from django.db import migrations

from ledger.shard import GROUP, KINDS, grants, group_owned, sql_file

HERE = Path(__file__).resolve().parent
BOOK = ("group_id", "ledger_book", "group_id")
# Those that stood when these fences were built; a table that comes later brings its own.
LATER = (
    *("holiday", "device", "enrolment", "codecard", "cardcode", "factor", "wrongtry", "dispute", "sight"),
    *("consent", "disclosure"),
)
TABLES = [
    table for table in KINDS if table.startswith("members_") and not table.removeprefix("members_").startswith(LATER)
]
EVENTS = [table for table in TABLES if table.endswith("event")]
ADDED_TO = [*EVENTS, "members_signature"]
OURS = [table for table in TABLES if table not in ADDED_TO]
# Nobody is forgotten by deleting a row, and an office or a stay that is over stays known.
KEPT = {*("members_user", "members_group", "members_person", "members_member", "members_membership", "members_officer")}
# Signing in counts, the operator's pages note what was done; nobody edits the catalogue of permissions.
FRAMEWORK = ["axes_accessattempt", "axes_accessattemptexpiration", "axes_accessfailurelog", "axes_accesslog"]
CATALOGUE = ["auth_group", "auth_group_permissions", "auth_permission", "django_content_type"]


def event(table: str) -> migrations.RunSQL:
    return group_owned(table, key="pgh_id", foreign=[BOOK])


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0001_initial"),
        ("ledger", "0002_kernel"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("axes", "0010_accessattemptexpiration"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        sql_file(HERE / "rules.sql", drop=[]),
        group_owned("members_person", foreign=[BOOK]),
        group_owned("members_member", foreign=[BOOK, ("person_id", "members_person", "id")]),
        group_owned("members_membership", foreign=[BOOK, ("member_id", "members_member", "id")]),
        group_owned("members_officer", foreign=[BOOK, ("member_id", "members_member", "id")]),
        group_owned("members_pin", foreign=[BOOK]),
        group_owned("members_pendingact", foreign=[BOOK]),
        group_owned("members_signature", foreign=[BOOK]),
        *(event(table) for table in EVENTS if KINDS[table] == GROUP),
        grants(
            *(f"revoke all on {table} from public" for table in [*OURS, *ADDED_TO]),
            *(f"grant select, insert, update on {table} to {{app}}" for table in [*OURS, *FRAMEWORK]),
            *(f"grant delete on {table} to {{app}}" for table in [*OURS, *FRAMEWORK] if table not in KEPT),
            *(f"grant select, insert on {table} to {{app}}" for table in ADDED_TO),
            "grant select, insert, delete on django_admin_log to {app}",
            *(f"grant select on {table} to {{app}}" for table in CATALOGUE),
            "grant usage on all sequences in schema public to {app}",
            "grant select on all tables in schema public to {reader}",
            "grant select on all sequences in schema public to {reader}",
            *(
                f"create policy reader_sees_all on {table} for select to {{reader}} using (true)"
                for table in TABLES
                if KINDS[table] == GROUP
            ),
        ),
    ]
