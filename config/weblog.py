"""gunicorn's own lines in the format of all others: `gunicorn --logger-class config.weblog.ServerLog`."""

from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from config.logs import formatter


class ServerLog(Logger):
    """It has its handler before Django's settings are loaded, so it gets the formatter here."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(formatter())
