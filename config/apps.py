from django.apps import AppConfig
from django.utils.translation import get_language, gettext

from ledger.errors import Sentence


class Lumbung(AppConfig):
    name = "config"

    def ready(self) -> None:
        """Refusals speak the language of the page they are read on; the ledger itself knows none."""
        Sentence.language = staticmethod(lambda: get_language() or "id")  # type: ignore[assignment]
        Sentence.translate = staticmethod(gettext)  # type: ignore[assignment]
