from django.apps import AppConfig


class LoansConfig(AppConfig):
    name = "loans"
    verbose_name = "Pinjaman"

    def ready(self) -> None:
        from ledger import closing, proofs
        from loans import (
            night,
            queries,
            reversing,
            tasks,  # noqa: F401  (registers the jobs of loans)
        )
        from loans.invariants import CHECKS
        from loans.models import Charge, Loan, Purchase, Version, Vote, Waiver, WriteOff
        from members import disputes, erasure, owners

        reversing.register()
        owners.register(queries.whose)
        disputes.register(queries.concerned)
        closing.register(night.before_closing)
        for invariant, query in CHECKS.items():
            proofs.register(invariant, query)
        for model, columns in (
            (Loan, ("purpose", "end_reason")),
            (Vote, ("note",)),
            (Purchase, ("supplier",)),
            (Version, ("reason",)),
            (Charge, ("memo",)),
            (Waiver, ("reason",)),
            (WriteOff, ("reason",)),
        ):
            erasure.register(model, *columns)
