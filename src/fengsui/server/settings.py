"""Django's settings, built from the environment; see `environment.py` for what an operator may set.

Rules
- Nothing is fetched from outside at run time; the content policy in `middleware.py` holds pages to it.
- Times are stored in UTC and shown in the organisation's zone; Asia/Shanghai unless set otherwise.
- Sessions end after a time without a person's own request; screens that refresh themselves do not count.
"""

from datetime import timedelta
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from fengsui.server import environment, logs

try:
    _env = environment.read()
except environment.BadEnvironment as error:
    raise ImproperlyConfigured("\n".join(error.problems)) from None

_package = Path(__file__).resolve().parent.parent

DATA_DIR = _env.data
DEBUG = _env.debug
SECRET_KEY = _env.secret_key
SECRET_KEY_FALLBACKS = _env.old_secret_keys
ALLOWED_HOSTS = _env.allowed_hosts
CSRF_TRUSTED_ORIGINS = _env.trusted_origins

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "axes",
    "fengsui.ledger",
    "fengsui.library",
    "fengsui.directory",
    "fengsui.cases",
    "fengsui.watch",
    "fengsui.exercises",
    "fengsui.readiness",
    "fengsui.documents",
    "fengsui.notifications",
    "fengsui.web",
    "fengsui.api",
    "fengsui.server",
]

MIDDLEWARE = [
    "fengsui.server.logs.request_line",
    "django.middleware.security.SecurityMiddleware",
    "fengsui.server.middleware.headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "fengsui.server.middleware.request_time",
    "fengsui.server.middleware.reads_once",
    "django.middleware.locale.LocaleMiddleware",
    "fengsui.server.middleware.without_nul",
    "fengsui.server.middleware.Sessions",
    "fengsui.server.middleware.idle_session",
    "django.middleware.common.CommonMiddleware",
    "fengsui.server.middleware.Forms",
    "fengsui.server.middleware.Accounts",
    "fengsui.server.middleware.Messages",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "fengsui.server.urls"
WSGI_APPLICATION = "fengsui.server.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [("django.template.loaders.cached.Loader", ["fengsui.server.templates.Loader"])],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

DATABASES = {"default": _env.database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [_package / "locale"]
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = _env.time_zone
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
# Static files are served out of the packages themselves: nothing to collect, nothing to build.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# Wrong passwords lock a user name for a while, whether anybody has it or not; the security administrator unlocks.
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
# Requests that one key to the HTTP interface may make in a minute of one web process.
API_RATE = _env.api_rate
SESSION_COOKIE_AGE = _env.idle_minutes * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "fengsui.web.views.problems.forbidden"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _env.https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _env.https else None
SECURE_HSTS_SECONDS = 31536000 if _env.https else 0
SECURE_SSL_REDIRECT = False
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

for _name, _value in _env.email.items():
    globals()[_name] = _value
# Without a mail server, messages are kept as files here: nothing is lost and nothing clutters the log.
EMAIL_FILE_PATH = DATA_DIR / "mail"

# Whether channels may reach loopback and private addresses (a gateway in the own house).
PRIVATE_CHANNELS = _env.private_channels

# Day of the month and hour of the roll call, or None.
ROLL_CALL = _env.roll_call

# The outside watcher, who may read the figures, and what the file of settings holds (`fengsui doctor` looks at it).
PING_URL = _env.ping_url
METRICS_FROM = _env.metrics_from
CONFIG_FILE, CONFIG_HOLDS = _env.file, _env.file_holds

LOGGING = logs.configuration(_env.log)
# The sign-in page itself says that a name is locked, without the middleware of axes; and a name is locked wherever the
# wrong passwords came from, since behind a proxy all come from one address.
SILENCED_SYSTEM_CHECKS = ["axes.W002", "axes.W006"]
