"""Who brought a deposit for a member who could not come."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0002_fences"),
        ("savings", "0003_first_products"),
    ]

    operations = [
        migrations.AddField(
            model_name="movement",
            name="carried_by",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="members.member",
            ),
        ),
        migrations.RunSQL(
            "alter table savings_movement add constraint savings_movement_carried_by_id_in_group "
            "foreign key (group_id, carried_by_id) references members_member (group_id, id)",
            migrations.RunSQL.noop,
        ),
    ]
