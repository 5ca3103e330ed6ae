"""Settings: production is refused without its secrets and passes Django's own check with them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.test_shape import ROOT

pytestmark = pytest.mark.slow

SECRETS = {
    "SECRET_KEY": "only for this test, with letters enough to pass as a secret",
    "IDENTITY_KEY": "only for this test",
    "ALLOWED_HOSTS": "example.org",
}


def manage(data_dir: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=kept | {"DATA_DIR": str(data_dir)} | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_production_passes_the_check_for_deployment(tmp_path: Path) -> None:
    checked = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", PRODUCTION="1", **SECRETS)
    assert checked.returncode == 0, checked.stderr
    assert list(tmp_path.glob("*.secret")) == []


@pytest.mark.parametrize("missing", ["SECRET_KEY", "IDENTITY_KEY"])
def test_production_does_not_start_without_a_secret(tmp_path: Path, missing: str) -> None:
    rest = {name: value for name, value in SECRETS.items() if name != missing}
    checked = manage(tmp_path, "check", PRODUCTION="1", **rest)
    assert checked.returncode != 0 and missing in checked.stderr


def test_relays_without_their_secret_are_refused_with_a_hint(tmp_path: Path) -> None:
    checked = manage(tmp_path, "check", TURN_URLS="turn:example.org:3478")
    assert checked.returncode != 0 and "TURN_SECRET" in checked.stderr


def test_the_embedded_form_makes_its_own_secrets_for_its_owner_only(tmp_path: Path) -> None:
    assert manage(tmp_path, "check").returncode == 0
    made = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.glob("*.secret")}
    assert made == {"secret_key.secret": 0o600, "identity_key.secret": 0o600}


def test_a_foreign_host_header_is_refused_and_writes_no_traceback(tmp_path: Path) -> None:
    asks = "from django.test import Client; print(Client().get('/', headers={'host': 'evil.example'}).status_code)"
    asked = manage(tmp_path, "shell", "--no-imports", "-c", asks)
    assert asked.stdout.strip() == "400" and "Traceback" not in asked.stderr
