"""Row security and keys of the loans' tables, and what each role may do with them."""

from django.db import migrations

from ledger.shard import grants, group_owned

BOOK = ("group_id", "ledger_book", "group_id")
MEMBER = ("member_id", "members_member", "id")
LOAN = ("loan_id", "loans_loan", "id")
ENTRY = ("entry_id", "ledger_entry", "id")
REVERSAL = ("reversed_by", "ledger_entry", "id")
# What changes is kept with its history; texts that name somebody who is forgotten are blanked.
CHANGED = ["loans_product", "loans_loan", "loans_purchase", "loans_version", "loans_repayment", "loans_writeoff"]
CHANGED += ["loans_recovery", "loans_night", "loans_snapshot", "loans_vote", "loans_charge", "loans_waiver"]
ADDED_TO = ["loans_installment", "loans_line", "loans_productevent", "loans_loanevent"]
FINAL = """
create trigger line_is_final before update or delete on loans_line for each row execute function ledger_refuse_change();
create trigger lines_stay before truncate on loans_line execute function ledger_refuse_change();
create trigger installment_is_final before update or delete on loans_installment
    for each row execute function ledger_refuse_change();
create trigger installments_stay before truncate on loans_installment execute function ledger_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("loans", "0001_initial"),
        ("members", "0004_holiday_fences"),
        ("savings", "0003_first_products"),
        ("ledger", "0004_holds"),
    ]

    operations = [
        group_owned("loans_product", foreign=[BOOK]),
        group_owned(
            "loans_loan",
            foreign=[
                *(BOOK, MEMBER, ("product_id", "loans_product", "id")),
                ("disbursement_entry_id", "ledger_entry", "id"),
                *(
                    (f"{name}_account_id", "ledger_account", "id")
                    for name in ("principal", "interest", "penalty", "held")
                ),
            ],
        ),
        group_owned("loans_vote", foreign=[BOOK, LOAN, MEMBER]),
        group_owned("loans_purchase", foreign=[BOOK, LOAN]),
        group_owned("loans_version", foreign=[BOOK, LOAN]),
        group_owned("loans_installment", foreign=[BOOK, LOAN]),
        group_owned(
            "loans_repayment", foreign=[BOOK, LOAN, ENTRY, REVERSAL, ("carried_by_id", "members_member", "id")]
        ),
        group_owned("loans_line", foreign=[BOOK, LOAN, ENTRY, ("repayment_id", "loans_repayment", "id")]),
        group_owned("loans_charge", foreign=[BOOK, LOAN]),
        group_owned("loans_waiver", foreign=[BOOK, LOAN]),
        group_owned("loans_writeoff", foreign=[BOOK, LOAN, ENTRY, REVERSAL]),
        group_owned("loans_recovery", foreign=[BOOK, LOAN, ENTRY, REVERSAL]),
        group_owned("loans_night", replace_key=False, foreign=[BOOK]),
        group_owned("loans_snapshot", foreign=[BOOK]),
        *(group_owned(f"loans_{table}event", key="pgh_id", foreign=[BOOK]) for table in ("product", "loan")),
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
