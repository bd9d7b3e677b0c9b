"""Reasons can be erased as notes can."""

from pathlib import Path

from django.db import migrations

from ledger.shard import grants, sql_file

HERE = Path(__file__).resolve().parent
WRITER = "ledger_erase_reasons(uuid, uuid[])"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_kernel")]

    operations = [
        sql_file(HERE / "erasure.sql", drop=[f"drop function {WRITER}"]),
        grants(f"revoke all on function {WRITER} from public", f"grant execute on function {WRITER} to {{app}}"),
    ]
