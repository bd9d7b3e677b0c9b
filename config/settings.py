"""Settings of every process. All that differs between places comes from the environment; README lists the names."""

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is not set. ./run makes one; elsewhere put 50 random characters there.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])

INSTALLED_APPS = ["config", "ledger", "django.contrib.staticfiles"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]


# Off behind a pooler that hands each transaction another connection and does not follow prepared statements.
PREPARE_STATEMENTS = env.bool("DATABASE_PREPARE", default=True)


def database(url: str, *, pooled: bool = False) -> dict[str, object]:
    """One connection's settings. Pooled connections close with the process; the others after each use."""
    options: dict[str, object] = {"application_name": "lumbung"}
    if PREPARE_STATEMENTS:
        options["prepare_threshold"] = 5
    if pooled:
        options["pool"] = {"min_size": 1, "max_size": env.int("DATABASE_POOL_SIZE", default=8), "timeout": 10}
    return {
        **environ.Env.db_url_config(url),
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 0,
        "OPTIONS": options,
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }


# Three roles, one database: `default` runs the service and cannot write the ledger's tables, `owner` migrates,
# `reader` sees every group and is for proofs and dumps. A process knows only the roles it was given.
DATABASES = {"default": database(env.str("DATABASE_URL"), pooled=env.bool("DATABASE_POOL", default=True))}
for alias, variable in (("owner", "DATABASE_OWNER_URL"), ("reader", "DATABASE_READER_URL")):
    if env.str(variable, default=""):
        DATABASES[alias] = database(env.str(variable))

# The names the migrations grant to.
APP_ROLE = env.str("DATABASE_APP_ROLE", default=DATABASES["default"]["USER"])
READER_ROLE = env.str("DATABASE_READER_ROLE", default=DATABASES.get("reader", {}).get("USER", "lumbung_reader"))
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

BROKER_URL = env.str("BROKER_URL", default="pgmq://")
BROKER_CONN_STRING = env.str("BROKER_CONN_STRING", default="")
BROKER_QUEUE = env.str("BROKER_QUEUE", default="lumbung")
# Seconds after which a message that a killed worker held comes back (embedded broker; RabbitMQ sees the worker go).
BROKER_VISIBILITY_SECONDS = env.int("BROKER_VISIBILITY_SECONDS", default=300)

LANGUAGE_CODE = "id"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(ROOT / "staticfiles"))
STORAGES = {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}

SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
}
