"""Settings of Direct Train. Everything that differs between machines comes from the environment (`.env.example`)."""

import base64
import hashlib
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from portal.lib import env

ROOT = Path(__file__).resolve().parent.parent
DEBUG = env.flag("DEBUG")
# "embedded": one process, SQLite, plain HTTP on the loopback address. "production": many processes behind TLS.
PRODUCTION = env.flag("PRODUCTION")
DATA_DIR = env.folder("DATA_DIR", ROOT / "data")
DATA_DIR.mkdir(parents=True, exist_ok=True)


def _embedded_secret(name: str) -> str:
    """A secret of the embedded form, made at the first start and kept beside the data, readable by the owner only."""
    path = DATA_DIR / f"{name}.secret"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text().strip()


def _secret(name: str) -> str:
    value = env.text(name)
    if value:
        return value
    if PRODUCTION:
        raise ImproperlyConfigured(f"{name} is not set: production needs it in the environment")
    return _embedded_secret(name.lower())


SECRET_KEY = _secret("SECRET_KEY")
# Seals names and telephone numbers (Fernet); losing it loses the identities, so it is not derived from SECRET_KEY.
IDENTITY_KEY = base64.urlsafe_b64encode(hashlib.sha256(_secret("IDENTITY_KEY").encode()).digest())

ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "" if PRODUCTION else "localhost,127.0.0.1,[::1],testserver")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
PUBLIC_URL = env.text("PUBLIC_URL", "http://127.0.0.1:8000")

INSTALLED_APPS = [
    "daphne",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "portal.people",
    "portal.notices",
    "portal.live",
    "portal.appeals",
    "portal.board",
    "portal.questions",
    "recordings",
    "transcripts",
    "signaling",
]
MIDDLEWARE = [
    "portal.lib.http.SecurityHeaders",
    # Pages over a village's line; it adds bytes at random, so that a length tells nothing of a secret (BREACH).
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portal.lib.http.TranslateErrors",
]
ROOT_URLCONF = "portal.urls"
ASGI_APPLICATION = "signaling.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "portal" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": env.database(env.text("DATABASE_URL"), DATA_DIR)}
REDIS_URL = env.text("REDIS_URL")
CHANNEL_LAYERS: dict[str, dict[str, object]] = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        # A read time-out would end every consumer that hears nothing for five seconds.
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}], "capacity": 1000},
    }
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 1000}}
}

CACHES: dict[str, dict[str, object]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "direct-train",
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
# One-time codes sent for one network address in an hour. Whole villages share the address of their mobile network.
CODES_PER_ADDRESS = env.number("CODES_PER_ADDRESS", 100)

AUTH_USER_MODEL = "people.Person"
LOGIN_URL = "people:login"
LOGIN_REDIRECT_URL = "/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "portal.lib.http.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
if PRODUCTION:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", True)
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("中文")), ("en", _("英文"))]
LOCALE_PATHS = [ROOT / "portal" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = env.folder("STATIC_ROOT", ROOT / "static-root")
STATICFILES_DIRS = [ROOT / "portal" / "static", ("hls.js", ROOT / "node_modules" / "hls.js" / "dist")]
WHITENOISE_USE_FINDERS = not PRODUCTION
# A file that changes under a running server would otherwise be sent with its old length.
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "portal.lib.static.HashedStaticFiles"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# Media: addresses that browsers are told, the UDP port of the (first) media process, and how many watch by WebRTC.
MEDIA_HOST = env.text("MEDIA_HOST", "0.0.0.0")
MEDIA_PUBLIC_HOST = env.text("MEDIA_PUBLIC_HOST")
MEDIA_PORT = env.number("MEDIA_PORT", 0)
MEDIA_MAX_VIEWERS = env.number("MEDIA_MAX_VIEWERS", 30)
# Relays (coturn with a shared secret): turn: and turns: addresses that browsers are told. Without them: none.
TURN_URLS = env.words("TURN_URLS")
TURN_SECRET = env.text("TURN_SECRET")
if TURN_URLS and not TURN_SECRET:
    raise ImproperlyConfigured("TURN_URLS is set without TURN_SECRET: the secret that coturn was given")
# /metrics (Prometheus): with this Bearer token from anywhere; without one from this machine only.
METRICS_TOKEN = env.text("METRICS_TOKEN")
RECORDINGS_DIR = DATA_DIR / "recordings"
# Engines that others run and that get the programme too: name=url, comma-separated.
RESTREAM = env.words("RESTREAM")
ATTACHMENTS_DIR = DATA_DIR / "attachments"

# Speech: a directory with a sherpa-onnx model for Mandarin; without one English is recognised out of the box.
SPEECH_MODEL_DIR = env.text("SPEECH_MODEL_DIR")

SMS_BACKEND = env.text("SMS_BACKEND", "portal.notices.sms.ConsoleBackend")
# Web push: a P-256 key (base64url of its DER or of the bare 32 bytes) and whom push services may write to. Without it
# reminders go by SMS. Only addresses of these push services are taken from browsers.
VAPID_PRIVATE_KEY = env.text("VAPID_PRIVATE_KEY")
VAPID_SUBJECT = env.text("VAPID_SUBJECT", "mailto:webmaster@localhost")
PUSH_HOSTS = env.words(
    "PUSH_HOSTS", "googleapis.com,push.services.mozilla.com,notify.windows.com,push.apple.com"
)
# Days, to be confirmed by the operator.
RECORDINGS_KEEP_DAYS = env.number("RECORDINGS_KEEP_DAYS", 60)
LOGS_KEEP_DAYS = env.number("LOGS_KEEP_DAYS", 180)
SILENCE_CLOSES_DAYS = env.number("SILENCE_CLOSES_DAYS", 5)
REOPEN_WINDOW_DAYS = env.number("REOPEN_WINDOW_DAYS", 10)
DATA_UPLOAD_MAX_MEMORY_SIZE = 1 << 20

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "WARNING")},
    # Answered with 400; every scanner's Host header would write a traceback of thirty lines.
    "loggers": {"django.security.DisallowedHost": {"level": "CRITICAL"}},
}
