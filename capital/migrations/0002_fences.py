"""Row security and keys of capital's tables, and what each role may do with them."""

from django.db import migrations

from ledger.shard import grants, group_owned

BOOK = ("group_id", "ledger_book", "group_id")
FACILITY = ("facility_id", "capital_facility", "id")
DRAWDOWN = ("drawdown_id", "capital_drawdown", "id")
ENTRY = ("entry_id", "ledger_entry", "id")
REVERSAL = ("reversed_by", "ledger_entry", "id")
CHANGED = ["capital_lender", "capital_facility", "capital_drawdown", "capital_payment", "capital_funding"]
CHANGED += ["capital_grant"]
ADDED_TO = ["capital_installment", "capital_line", "capital_lenderevent", "capital_facilityevent"]
FINAL = """
create trigger line_is_final before update or delete on capital_line
    for each row execute function ledger_refuse_change();
create trigger lines_stay before truncate on capital_line execute function ledger_refuse_change();
create trigger installment_is_final before update or delete on capital_installment
    for each row execute function ledger_refuse_change();
create trigger installments_stay before truncate on capital_installment execute function ledger_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("capital", "0001_initial"),
        ("loans", "0002_fences"),
    ]

    operations = [
        group_owned("capital_lender", foreign=[BOOK]),
        group_owned(
            "capital_facility",
            foreign=[
                *(BOOK, ("lender_id", "capital_lender", "id"), ("account_id", "ledger_account", "id")),
                ("accrued_account_id", "ledger_account", "id"),
            ],
        ),
        group_owned("capital_drawdown", foreign=[BOOK, FACILITY, ENTRY, REVERSAL]),
        group_owned("capital_installment", foreign=[BOOK, DRAWDOWN]),
        group_owned("capital_payment", foreign=[BOOK, FACILITY, ENTRY, REVERSAL]),
        group_owned("capital_line", foreign=[BOOK, FACILITY, DRAWDOWN, ENTRY, ("payment_id", "capital_payment", "id")]),
        group_owned("capital_funding", foreign=[BOOK, FACILITY, ("loan_id", "loans_loan", "id")]),
        group_owned("capital_grant", foreign=[BOOK, ENTRY, REVERSAL]),
        *(group_owned(f"capital_{table}event", key="pgh_id", foreign=[BOOK]) for table in ("lender", "facility")),
        migrations.RunSQL(FINAL, migrations.RunSQL.noop),
        grants(
            *(f"revoke all on {table} from public" for table in [*CHANGED, *ADDED_TO]),
            *(f"grant select, insert, update on {table} to {{app}}" for table in CHANGED),
            *(f"grant select, insert on {table} to {{app}}" for table in ADDED_TO),
            *(f"grant select on {table} to {{reader}}" for table in [*CHANGED, *ADDED_TO]),
            *(
                f"create policy reader_sees_all on {table} for select to {{reader}} using (true)"
                for table in [*CHANGED, *ADDED_TO]
            ),
        ),
    ]
