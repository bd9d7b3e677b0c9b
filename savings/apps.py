from django.apps import AppConfig


class SavingsConfig(AppConfig):
    name = "savings"
    verbose_name = "Simpanan"

    def ready(self) -> None:
        from ledger import reversal
        from members import openings, owners
        from savings import (
            queries,
            services,
            tasks,  # noqa: F401  (registers the jobs of savings)
        )

        openings.register(services.open_products)
        owners.register(queries.whose)
        for kind in services.KINDS:
            reversal.register(kind, services.undo)
