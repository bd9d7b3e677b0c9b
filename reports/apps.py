"""Reports: pages and papers that cross apps."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "Laporan"

    def ready(self) -> None:
        from ledger import proofs
        from members import erasure
        from reports import (
            monthly,
            proving,
            tasks,  # noqa: F401  (registers the jobs of papers)
        )
        from reports.models import Statement

        erasure.register(Statement, "reason", "revoked_because")
        proofs.register_look(proving.prove)
        for invariant, query in proving.CHECKS.items():
            proofs.register(invariant, query)
        monthly.register(monthly.of_the_group)
        monthly.register(monthly.of_its_lenders)
