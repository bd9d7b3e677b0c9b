"""Which static files are collected: those that a page of ours asks for."""

from django.contrib.staticfiles.apps import StaticFilesConfig


class Collected(StaticFilesConfig):
    """Without the parts of the documentation viewer that nobody is sent and that take longest to compress."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "redoc", "swagger-ui-standalone-preset*"]
