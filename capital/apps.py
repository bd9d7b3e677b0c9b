from django.apps import AppConfig


class CapitalConfig(AppConfig):
    name = "capital"
    verbose_name = "Modal"

    def ready(self) -> None:
        from capital import night, queries, reversing
        from capital.invariants import CHECKS
        from ledger import proofs
        from loans import night as nights
        from members import lenders

        lenders.register(queries.names)
        reversing.register()
        nights.register(night.accrue)
        for invariant, query in CHECKS.items():
            proofs.register(invariant, query)
