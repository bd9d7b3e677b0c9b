from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = "Anggota dan pintu"

    def ready(self) -> None:
        from ledger import proofs
        from members import tasks  # noqa: F401  (registers the door's jobs)
        from members.invariants import CHECKS

        for invariant, query in CHECKS.items():
            proofs.register(invariant, query)
