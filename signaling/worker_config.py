"""The packet engine's configuration from settings."""

from django.conf import settings

from streaming.worker import WorkerConfig


def worker_config(bind: str | None = None, port: int | None = None) -> WorkerConfig:
    """`bind` and `port` override MEDIA_HOST and MEDIA_PORT. The engine is told the address that browsers are
    to use.
    """
    host = bind or settings.MEDIA_HOST
    return WorkerConfig(
        host=host,
        public_host=settings.MEDIA_PUBLIC_HOST,
        port=settings.MEDIA_PORT if port is None else port,
        max_viewers=settings.MEDIA_MAX_VIEWERS,
    )
