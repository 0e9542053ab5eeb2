"""Django's settings, made from the environment once. Each process serves one site."""

import os
from pathlib import Path
from typing import Any

from suar.core import i18n
from suar.core.environment import Mode, Site, postgres_settings, read_environment

ENVIRONMENT = read_environment(os.environ)
PACKAGE = Path(__file__).resolve().parent
APPS = (
    "core",
    "audit",
    "accounts",
    "records",
    "consent",
    "directory",
    "screening",
    "referrals",
    "cases",
    "contact",
    "feedback",
    "hsds",
    "website.print",
    "website",
    "demo",
)

# Django's error pages show settings and local variables: they stay off in every mode.
DEBUG = False
SECRET_KEY = ENVIRONMENT.secret_key()
ALLOWED_HOSTS = ENVIRONMENT.hosts

# Suar's own settings.
SUAR_MODE = ENVIRONMENT.mode
SUAR_SITE = ENVIRONMENT.site
SUAR_DATA = ENVIRONMENT.data
# Where the daily check of the audit log writes its signed heads; best on the disk of another machine.
SUAR_AUDIT_HEADS = Path(ENVIRONMENT.audit_heads or SUAR_DATA / "audit-heads.txt")
# The signing keys of organisations, out of reach of somebody who can write only the database.
SUAR_KEY_PINS = ENVIRONMENT.keys / "organisation-keys.txt"
SUAR_PUBLIC_ORIGIN = ENVIRONMENT.public_origin
SUAR_STAFF_ORIGIN = ENVIRONMENT.staff_origin
SUAR_FILES_ORIGIN = ENVIRONMENT.files_origin
SUAR_EXIT_URL = ENVIRONMENT.exit_url
SUAR_COUNTRY = ENVIRONMENT.country
# Whether police hold talks here, or only say where help is.
SUAR_POLICE_TALKS = ENVIRONMENT.police_talks
# The version of HSDS that the interface for other systems names.
SUAR_HSDS_VERSION = ENVIRONMENT.hsds_version
# The Unix socket of ClamAV's daemon, empty for none.
SUAR_CLAMD_SOCKET = ENVIRONMENT.clamd_socket
# How many megabytes of files that come with letters one team keeps.
SUAR_ROOM_FOR_FILES_MB = ENVIRONMENT.room_for_files_mb
SUAR_KDF = (
    {"memory_kib": 64, "passes": 1, "lanes": 1}
    if ENVIRONMENT.mode is Mode.TEST
    else {"memory_kib": 65536, "passes": 3, "lanes": 1}
)

INSTALLED_APPS = [
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    *(f"suar.{app}" for app in APPS),
]

_AROUND_EVERY_PAGE = (
    "suar.website.middleware.PageHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "suar.website.middleware.Refusals",
)
MIDDLEWARE_PUBLIC = (
    *_AROUND_EVERY_PAGE,
    "suar.website.middleware.PublicLanguage",
    "suar.website.middleware.OwnFormsOnly",
    "django.middleware.common.CommonMiddleware",
)
MIDDLEWARE_STAFF = (
    *_AROUND_EVERY_PAGE,
    "suar.accounts.middleware.SplitSession",
    "suar.records.middleware.AuditOpenings",
    "suar.cases.middleware.ForgetDrafts",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
)
# Files of strangers: no session, no cookie, no page of ours.
MIDDLEWARE_FILES = ("suar.website.middleware.PageHeaders", "django.middleware.common.CommonMiddleware")
MIDDLEWARE, ROOT_URLCONF = {
    Site.PUBLIC: (list(MIDDLEWARE_PUBLIC), "suar.website.public_urls"),
    Site.FILES: (list(MIDDLEWARE_FILES), "suar.website.files_urls"),
}.get(SUAR_SITE, (list(MIDDLEWARE_STAFF), "suar.website.staff_urls"))

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "suar.accounts.context_processors.workers",
            ],
            "builtins": ["django.templatetags.static"],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.app_directories.Loader"],
                )
            ],
        },
    }
]

# The embedded file waits for the disk at each commit; a test run may lose its last second.
_SYNCHRONOUS = "OFF" if SUAR_MODE is Mode.TEST else "FULL"
DATABASES: dict[str, dict[str, Any]] = {
    "default": postgres_settings(ENVIRONMENT.database_url, ENVIRONMENT.database_connections)
    if ENVIRONMENT.database_url
    else {
        "ENGINE": "suar.core.sqlcipher",
        "NAME": str(SUAR_DATA / "suar.db"),
        "OPTIONS": {
            "key": ENVIRONMENT.database_key,
            "timeout": 30,
            "transaction_mode": "IMMEDIATE",
            "init_command": f"PRAGMA synchronous = {_SYNCHRONOUS}",
        },
        "CONN_MAX_AGE": None,
        # Django's own choice is a test database in memory, which would not be encrypted.
        "TEST": {"NAME": str(SUAR_DATA / "test.db")},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

LANGUAGE_CODE = i18n.SOURCE_LANGUAGE
SUAR_LANGUAGES = {language.code: language for language in i18n.public_languages()}
LANGUAGES = [(language.code, language.name) for language in SUAR_LANGUAGES.values()]
LANGUAGES_BIDI = [language.code for language in i18n.LANGUAGES.values() if language.rtl]
SUAR_STAFF_LANGUAGES = tuple(language.code for language in i18n.staff_languages())
SUAR_TALK_LANGUAGES = tuple(language.code for language in i18n.talk_languages(demo=SUAR_MODE is Mode.DEMO))
# Translations that an organisation corrected with `./suar words` go before those that ship.
LOCALE_PATHS = [SUAR_DATA / "words" / "locale", PACKAGE / "locale"]
USE_TZ = True
TIME_ZONE = ENVIRONMENT.time_zone

# Names of static files carry a hash of their content, so browsers may keep them for a year.
STATIC_URL = "/assets/"
STATIC_ROOT = SUAR_DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_ALLOW_ALL_ORIGINS = False

# Browsers accept a __Host- cookie only with Secure; localhost counts as a secure place.
CSRF_COOKIE_NAME = "__Host-form"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_AGE = None
# The cookie of a success message takes these, too; Django's own sessions are not used.
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
MESSAGE_STORAGE = "suar.accounts.cookies.MessageCookie"
CSRF_TRUSTED_ORIGINS = [SUAR_STAFF_ORIGIN]
CSRF_FAILURE_VIEW = "suar.website.error_pages.csrf_failed"
# suar.website.middleware.PageHeaders sets the other headers, HSTS among them.
if ENVIRONMENT.behind_proxy:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
# No file of a form is ever written to the disk in clear.
FILE_UPLOAD_HANDLERS = ["suar.website.uploads.InMemory"]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"quiet": {"()": "suar.core.logs.QuietFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "quiet"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    # Django mails errors to administrators by default: a mail would carry the request.
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "django_tasks": {"level": "WARNING"},
        "django_tasks_db": {"level": "WARNING"},
    },
}
