"""Settings of every process. All that differs between places comes from the environment; README lists the names."""

import logging
from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config import logs

ROOT = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is not set. ./run makes one; elsewhere put 50 random characters there.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])

# Over HTTPS unless somebody says that this is one machine talking to itself.
HTTPS = env.bool("HTTPS", default=True)
# How many proxies of ours stand in front: so many addresses at the end of X-Forwarded-For are to be believed.
PROXIES = env.int("PROXIES", default=0)
# The installation's key: 32 random bytes in base64, under which every person's own key is wrapped.
MASTER_KEY = env.str("MASTER_KEY", default="")
# The seal on documents: a PEM file with a key (PKCS#8) and its certificate; which certificates are the installation's
# own, earlier ones too; what kind they are (uncertified, or certified by a PSrE); a time-stamping server's address.
SEAL_KEY = env.str("SEAL_KEY", default="")
SEAL_CERTIFICATES = env.str("SEAL_CERTIFICATES", default="")
SEAL_KIND = env.str("SEAL_KIND", default="uncertified")
SEAL_TSA = env.str("SEAL_TSA", default="")
# Where issued papers are kept, and where anybody reaches this installation to verify one.
STATEMENTS_DIR = env.str("STATEMENTS_DIR", default="") or str(
    Path(env.str("LUMBUNG_DATA", default=str(ROOT / "var"))) / "statements"
)
PUBLIC_URL = env.str("PUBLIC_URL", default="http://127.0.0.1:8000")
# So often may one address have papers verified; empty: no limit.
VERIFICATIONS = env.str("VERIFICATIONS", default="60/min")
# The mail server, smtp://user:password@host:port (smtp+tls://, smtp+ssl://); without one nothing is sent.
EMAIL_HOST = ""
if env.str("EMAIL_URL", default=""):
    vars().update(env.email_url("EMAIL_URL"))
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default="lumbung@localhost")
EMAIL_TIMEOUT = 20
# Who bears it sees /metrics; without one there are no figures.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

INSTALLED_APPS = [
    "config",
    "reports",
    "capital",
    "loans",
    "savings",
    "members",
    "ledger",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "axes",
    "pghistory",
    "pgtrigger",
    "django_structlog",
    "csp",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.forms",
    "config.collected.Collected",
]
MIDDLEWARE = [
    "config.middleware.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.Door",
    "config.middleware.Squeezed",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.middleware.Language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "config.middleware.Refusals",
]
if METRICS_TOKEN:
    MIDDLEWARE = ["django_prometheus.middleware.PrometheusBeforeMiddleware", *MIDDLEWARE, "config.figures.Measured"]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

FORM_RENDERER = "config.forms.Renderer"
LOGIN_URL = "login"

AUTH_USER_MODEL = "members.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["members.hashing.Argon2"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("MinimumLengthValidator", {"min_length": 8}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
        ("UserAttributeSimilarityValidator", {"user_attributes": ["username"]}),
    )
]
SESSION_ENGINE = "members.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Strict"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no cookie repeats what was done to whom
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}

# Five wrong passwords for one name from one address, then a pause; and so many failures a minute from one address.
FAILED_LOGINS = env.str("FAILED_LOGINS", default="30/min")
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_IPWARE_PROXY_COUNT = PROXIES or None
AXES_IPWARE_META_PRECEDENCE_ORDER = ["HTTP_X_FORWARDED_FOR", "REMOTE_ADDR"] if PROXIES else ["REMOTE_ADDR"]
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "config.middleware.locked_out"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["members.tokens.Bearer"],
    "DEFAULT_PERMISSION_CLASSES": ["members.tokens.OwnPassword"],
    "DEFAULT_PARSER_CLASSES": ["config.api.StrictJSON"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "config.api.OnlyJSON",
    "DEFAULT_SCHEMA_CLASS": "config.schema.Described",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "config.api.handle",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "NUM_PROXIES": PROXIES,
}
REST_KNOX = {"TOKEN_MODEL": "members.Token", "AUTH_HEADER_PREFIX": "Bearer", "TOKEN_TTL": timedelta(days=90)}
SPECTACULAR_SETTINGS = {
    "TITLE": "Lumbung",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "ChannelEnum": ["cash", "bank"],
        "DisbursementChannelEnum": ["cash", "bank", "supplier"],
        "ChargeKindEnum": ["fee", "penalty"],
        "ConsentScopeEnum": ["totals", "loans", "members.pseudonym", "members.named"],
        "ConsentStatusEnum": ["upcoming", "in_force", "over", "revoked"],
        "SeenByEnum": ["chair", "treasurer", "secretary", "supervisor", "lender"],
        "LenderKindEnum": ["bank", "upk", "dinas", "csr", "person"],
        "GrantKindEnum": ["grant", "participation", "programme"],
        "FacilityStatusEnum": ["active", "paid"],
        "InstallmentStatusEnum": ["upcoming", "due", "late", "paid"],
        "OfficeEnum": ["chair", "treasurer", "secretary", "supervisor"],
        "VoteDecisionEnum": ["approve", "reject"],
        "StatementKindEnum": "reports.api.statements.KIND_NAMES",
        "DisputeDecisionEnum": ["explained", "corrected"],
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.schema.problems",
    ],
}
CSRF_FAILURE_VIEW = "config.api.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
KNOX_TOKEN_MODEL = "members.Token"  # noqa: S105  (a model's name)
MIGRATION_MODULES = {"knox": None}  # its own table of tokens is not used
PGHISTORY_APPEND_ONLY = True


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

# Bahasa Indonesia is what the pages are written in; the catalogue knows the English.
LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]
LOCALE_PATHS = [ROOT / "config" / "locale"]
LANGUAGE_COOKIE_NAME = "language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
# Maps are for debuggers alone.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("map", "png", "jpg", "gif", "webp", "woff", "woff2", "gz", "br", "zip")
STATIC_ROOT = env.path("STATIC_ROOT", default=str(ROOT / "staticfiles"))
STORAGES = {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Nothing inline and nothing from elsewhere.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
if HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]  # asked from beside the process, not through the proxy
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
if PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# /readyz: for how long a look is remembered, and how much room there has to be.
READY_SECONDS = 5
LEAST_FREE_BYTES = 200 * 1024 * 1024

logs.configure()
DJANGO_STRUCTLOG_STATUS_4XX_LOG_LEVEL = logging.INFO  # a refusal is an answer like any other
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"ours": {"()": "config.logs.formatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "ours"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},
        "django.request": {"level": "ERROR"},  # each request has its line already
        "django.server": {"handlers": [], "level": "CRITICAL"},  # runserver's lines quote the query
    },
}
