"""Groups that were opened before there were savings get the products every group has from the start."""

from datetime import date

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

PRODUCTS = (
    ("pokok", "Simpanan pokok", "equity", "leaving", "3-1010", None, None),
    ("wajib", "Simpanan wajib", "equity", "leaving", "3-1020", 1, "month"),
    ("sukarela", "Simpanan sukarela", "liability", "any", "2-1010", None, None),
)


def open_products(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    alias = editor.connection.alias
    product, due = apps.get_model("savings", "Product"), apps.get_model("savings", "Due")
    groups = list(apps.get_model("members", "Group").objects.using(alias).order_by("id").values_list("id", flat=True))
    with editor.connection.cursor() as cursor:
        for group_id in groups:
            cursor.execute("select set_config('app.group_id', %s, true)", [str(group_id)])
            known = set(product.objects.using(alias).filter(group_id=group_id).values_list("code", flat=True))
            for code, name, nature, withdrawable, parent, every, unit in PRODUCTS:
                if code in known:
                    continue
                made = product.objects.using(alias).create(
                    group_id=group_id, code=code, name=name, nature=nature, withdrawable=withdrawable, parent=parent
                )
                due.objects.using(alias).create(
                    group_id=group_id, product=made, from_on=date(1900, 1, 1), every=every, unit=unit
                )
        cursor.execute("select set_config('app.group_id', '', true)")


class Migration(migrations.Migration):
    dependencies = [("savings", "0002_fences")]
    operations = [migrations.RunPython(open_products, migrations.RunPython.noop)]
