from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "ledger"

    def ready(self) -> None:
        from ledger import tasks  # noqa: F401  (registers the ledger's jobs)
