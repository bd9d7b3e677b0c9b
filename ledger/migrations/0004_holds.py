"""Part of a balance can be held: promised, not yet moved, and not to be spent."""

from pathlib import Path

from django.db import migrations, models

from ledger.shard import grants, sql_file

HERE = Path(__file__).resolve().parent
WRITER = "ledger_hold(uuid, uuid, bigint)"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_erasure")]

    operations = [
        migrations.AddField("account", "held", models.BigIntegerField(db_default=0)),
        migrations.AddConstraint(
            "account",
            models.CheckConstraint(name="account_held_is_no_debt", condition=models.Q(held__gte=0)),
        ),
        migrations.AddConstraint(
            "account",
            models.CheckConstraint(
                name="account_not_under_its_hold",
                condition=models.Q(floor=None) | models.Q(balance__gte=models.F("floor") + models.F("held")),
            ),
        ),
        sql_file(HERE / "holds.sql", drop=[]),
        grants(f"revoke all on function {WRITER} from public", f"grant execute on function {WRITER} to {{app}}"),
    ]
