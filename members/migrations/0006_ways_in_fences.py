"""What the runtime role may do with the ways in. Their histories are only added to."""

from django.db import migrations

from ledger.shard import grants

TABLES = [f"members_{name}" for name in ("device", "enrolment", "codecard", "cardcode", "factor", "wrongtry")]
EVENTS = [f"members_{name}event" for name in ("device", "codecard", "factor")]


class Migration(migrations.Migration):
    dependencies = [("members", "0005_ways_in")]

    operations = [
        grants(
            *(f"revoke all on {table} from public" for table in [*TABLES, *EVENTS]),
            *(f"grant select, insert, update, delete on {table} to {{app}}" for table in TABLES),
            *(f"grant select, insert on {table} to {{app}}" for table in EVENTS),
            *(f"grant select on {table} to {{reader}}" for table in [*TABLES, *EVENTS]),
        )
    ]
