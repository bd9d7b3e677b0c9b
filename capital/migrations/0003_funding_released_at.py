"""When it was recorded that a facility funds a loan no more."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("capital", "0002_fences"),
    ]

    operations = [
        migrations.AddField(
            model_name="funding",
            name="released_at",
            field=models.DateTimeField(null=True),
        ),
    ]
