from django.apps import AppConfig
from django.core.checks import register


class RecordingsConfig(AppConfig):
    name = "recordings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from recordings.checks import restream_targets

        register(restream_targets)
