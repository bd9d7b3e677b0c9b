"""The group is the shard: what every table that belongs to groups gets from one migration helper.

`(group_id, id)` becomes the primary key in place of Django's `(id)`, foreign keys inside a group become composite, and
row security shows a transaction only the group it named: `group_id` must equal the setting `app.group_id`, for the
tables' owner as well. Unset means no rows. A table without a group is either a door table, read before a group is
known and free of personal data, or global; `KINDS` lists all three and a test holds the list complete.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from psycopg import sql

GROUP, DOOR, GLOBAL = "group-owned", "door", "global"
KINDS = {
    "ledger_book": GROUP,
    "ledger_account": GROUP,
    "ledger_command": GROUP,
    "ledger_entry": GROUP,
    "ledger_posting": GROUP,
    "ledger_entrynote": GROUP,
    "ledger_monthclose": GROUP,
    "ledger_monthbalance": GROUP,
    "ledger_job": DOOR,
    "ledger_outbox": DOOR,
    "members_user": DOOR,
    "members_userevent": DOOR,
    "members_token": DOOR,
    "members_session": DOOR,
    "members_group": DOOR,
    "members_groupevent": DOOR,
    "members_holiday": GROUP,
    "members_holidayevent": GROUP,
    "members_seat": DOOR,
    "members_seatevent": DOOR,
    "members_person": GROUP,
    "members_personevent": GROUP,
    "members_member": GROUP,
    "members_memberevent": GROUP,
    "members_membership": GROUP,
    "members_membershipevent": GROUP,
    "members_officer": GROUP,
    "members_officerevent": GROUP,
    "members_pin": GROUP,
    "members_pinevent": GROUP,
    "members_pendingact": GROUP,
    "members_signature": GROUP,
    "members_dispute": GROUP,
    "members_disputeevent": GROUP,
    "members_sight": GROUP,
    "members_consent": GROUP,
    "members_consentevent": GROUP,
    "members_disclosure": GROUP,
    "members_failure": DOOR,
    "members_device": DOOR,
    "members_deviceevent": DOOR,
    "members_enrolment": DOOR,
    "members_codecard": DOOR,
    "members_codecardevent": DOOR,
    "members_cardcode": DOOR,
    "members_factor": DOOR,
    "members_factorevent": DOOR,
    "members_wrongtry": DOOR,
    "capital_lender": GROUP,
    "capital_lenderevent": GROUP,
    "capital_facility": GROUP,
    "capital_facilityevent": GROUP,
    "capital_drawdown": GROUP,
    "capital_installment": GROUP,
    "capital_payment": GROUP,
    "capital_line": GROUP,
    "capital_funding": GROUP,
    "capital_grant": GROUP,
    "loans_product": GROUP,
    "loans_productevent": GROUP,
    "loans_loan": GROUP,
    "loans_loanevent": GROUP,
    "loans_vote": GROUP,
    "loans_purchase": GROUP,
    "loans_version": GROUP,
    "loans_installment": GROUP,
    "loans_repayment": GROUP,
    "loans_line": GROUP,
    "loans_charge": GROUP,
    "loans_waiver": GROUP,
    "loans_writeoff": GROUP,
    "loans_recovery": GROUP,
    "loans_night": GROUP,
    "loans_snapshot": GROUP,
    "savings_product": GROUP,
    "savings_productevent": GROUP,
    "savings_due": GROUP,
    "savings_dueevent": GROUP,
    "savings_rate": GROUP,
    "savings_rateevent": GROUP,
    "savings_account": GROUP,
    "savings_movement": GROUP,
    "savings_interestrun": GROUP,
    "savings_interestline": GROUP,
    "reports_statement": GROUP,
    "reports_statementevent": GROUP,
    "reports_statementdirectory": DOOR,
    "reports_delivery": GROUP,
    "reports_deliveryevent": GROUP,
    "axes_accessattempt": DOOR,
    "axes_accessattemptexpiration": DOOR,
    "axes_accessfailurelog": DOOR,
    "axes_accesslog": DOOR,
    "django_admin_log": DOOR,
    "auth_group": GLOBAL,
    "auth_group_permissions": GLOBAL,
    "auth_permission": GLOBAL,
    "django_content_type": GLOBAL,
    "django_migrations": GLOBAL,
    "pghistory_context": GLOBAL,
}


def group_owned(
    table: str, *, key: str = "id", foreign: Sequence[tuple[str, str, str]] = (), replace_key: bool = True
) -> migrations.RunSQL:
    """Make `table` group-owned. `foreign` is (column, table, column) for each key inside the group.

    A foreign key is checked at once, but for those to `ledger_command`: the command is written after its entries.
    """
    forward: list[Any] = []
    if replace_key:
        forward += [
            f'alter table "{table}" drop constraint "{table}_pkey"',
            f'alter table "{table}" add constraint "{table}_pkey" primary key (group_id, "{key}")',
        ]
    for column, target, target_column in foreign:
        deferred = " deferrable initially deferred" if target == "ledger_command" else ""
        forward.append(
            f'alter table "{table}" add constraint "{table}_{column}_in_group" foreign key '
            + (
                f'(group_id) references "{target}" (group_id)'
                if column == "group_id"
                else f'(group_id, "{column}") references "{target}" (group_id, "{target_column}")'
            )
            + deferred
        )
    forward += [
        f'alter table "{table}" enable row level security, force row level security',
        f"""create policy only_this_group on "{table}"
            using (group_id = (select nullif(current_setting('app.group_id', true), '')::uuid))""",
    ]
    return migrations.RunSQL(forward, migrations.RunSQL.noop)


def sql_file(path: Path, drop: Sequence[str]) -> migrations.RunSQL:
    """A file of SQL beside its migration; `drop` are the statements that undo it."""
    return migrations.RunSQL([path.read_text()], list(drop))


def grants(*statements: str) -> migrations.RunPython:
    """GRANTs and policies in which `{app}` and `{reader}` stand for the roles of this installation."""

    def forward(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        roles: dict[str, Any] = {
            "app": sql.Identifier(settings.APP_ROLE),
            "reader": sql.Identifier(settings.READER_ROLE),
        }
        for statement in statements:
            editor.execute(sql.SQL(statement).format(**roles).as_string(None))

    return migrations.RunPython(forward, migrations.RunPython.noop)
