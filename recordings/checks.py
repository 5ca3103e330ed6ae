"""Refuses settings of this room that cannot be meant, before anything starts."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from recordings.restream import targets


def restream_targets(app_configs: Any, **options: Any) -> list[CheckMessage]:
    try:
        targets(settings.RESTREAM)
    except ValueError as error:
        return [Error(f"RESTREAM, {error}", id="recordings.E001")]
    return []
