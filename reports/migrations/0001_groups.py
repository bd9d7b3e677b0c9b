from pathlib import Path

from django.db import migrations

from ledger.shard import grants, sql_file

HERE = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0004_holds"),
        ("loans", "0002_fences"),
        ("members", "0002_fences"),
        ("savings", "0002_fences"),
    ]

    operations = [
        sql_file(HERE / "groups.sql", ["drop function reports_groups()"]),
        grants(
            "revoke execute on function reports_groups() from public",
            "grant execute on function reports_groups() to {app}",
        ),
    ]
