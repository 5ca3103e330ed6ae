"""`./start` itself, as the process that a newcomer runs: options, refusals, what it prepares, how it ends."""

import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

from streaming.addresses import host_addresses
from tests.signaling.wire import Wire
from tests.whole.county import ROOT, environment, free_port, prepared_data

pytestmark = pytest.mark.slow

LEFT_OUT = (".git", ".venv", "node_modules", "data", "artefacts", "static-root", ".*_cache")
PREPARES = "preparing the database"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the house, so that a test may change a file of it. What is installed is shared, never installed."""
    copy = tmp_path_factory.mktemp("copy") / "house"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
    for installed in (".venv", "node_modules"):
        (copy / installed).symlink_to((ROOT / installed).resolve())
    return copy


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data with the demo county in it, as other tests made it; `./start` has not seen it yet."""
    data_dir = tmp_path_factory.mktemp("data") / "county"
    shutil.copytree(prepared_data(tmp_path_factory.mktemp("prepared")), data_dir)
    return data_dir


def surroundings(data_dir: Path) -> dict[str, str]:
    ours = ("PUBLIC_URL", "MEDIA_PUBLIC_HOST", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL")
    kept = {name: value for name, value in environment(data_dir, 0).items() if name not in ours}
    return kept | {"SMS_BACKEND": "portal.notices.sms.ConsoleBackend"}


class Started:
    """A running `./start`; what it says is kept in a file."""

    def __init__(self, house: Path, data_dir: Path, *options: str) -> None:
        self.port = free_port()
        self.log = house.parent / f"{self.port}.log"
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                # Whoever runs the tests in the background ignores SIGINT, and a shell cannot take that back.
                ["env", "--default-signal=INT", "./start", "--port", str(self.port), *options],
                cwd=house,
                env=surroundings(data_dir),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )

    @property
    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def says(self, words: str, seconds: float = 90) -> None:
        until = time.monotonic() + seconds
        while words not in self.said:
            assert self.process.poll() is None and time.monotonic() < until, self.said[-3000:]
            time.sleep(0.1)

    def answers(self, address: str = "127.0.0.1", name: str = "", seconds: float = 60) -> int:
        """The status of the home page at `address`, asked for by `name`, once somebody listens."""
        until = time.monotonic() + seconds
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        page = urllib.request.Request(f"http://{address}:{self.port}/", headers={"Host": name or address})
        while True:
            try:
                with direct.open(page, timeout=20) as answer:
                    return int(answer.status)
            except urllib.error.HTTPError as error:
                return error.code
            except OSError:
                assert self.process.poll() is None and time.monotonic() < until, self.said[-3000:]
                time.sleep(0.1)

    def end(self, number: int = signal.SIGTERM) -> int:
        """The exit code, once it and everything it started have ended."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        self.process.send_signal(number)
        code = self.process.wait(40)
        _, alive = psutil.wait_procs(children, timeout=10)
        for child in alive:
            child.kill()
        assert not alive
        return code


def refused(house: Path, data_dir: Path, *options: str, most: str = "unlimited") -> tuple[int, str]:
    """Exit code and the one line of a start that is refused; no file may grow beyond `most` bytes."""
    done = subprocess.run(
        ["prlimit", f"--fsize={most}", "./start", *options],
        cwd=house,
        env=surroundings(data_dir),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1 and lines[0].startswith("start: "), done.stderr
    return done.returncode, lines[0]


@pytest.mark.parametrize(
    ("options", "wrong", "expected"),
    [
        (("--port",), "--port", "1 to 65535"),
        (("--port", "many"), "many", "1 to 65535"),
        (("--port", "0"), "'0'", "1 to 65535"),
        (("--port", "99999999999999999999"), "99999999999999999999", "1 to 65535"),
        (("--host",), "--host", "address"),
        (("--host", ""), "''", "address"),
        (("--host", "203.0.113.5"), "203.0.113.5", "0.0.0.0"),
        (("--host", "*"), "'*'", "0.0.0.0"),
        (("--no-demo", "--broadcast"), "--broadcast", "leave out --no-demo"),
        (("--loud",), "--loud", "--help"),
    ],
)
def test_a_wrong_use_is_one_line_that_says_what_is_expected(
    house: Path, tmp_path: Path, options: tuple[str, ...], wrong: str, expected: str
) -> None:
    code, line = refused(house, tmp_path, *options)
    assert code == 2 and wrong in line and expected in line


def test_help_names_every_option(house: Path, tmp_path: Path) -> None:
    asked = subprocess.run(["./start", "--help"], cwd=house, capture_output=True, text=True, timeout=20)
    assert asked.returncode == 0 and not asked.stderr
    assert all(name in asked.stdout for name in ("--port", "--host", "--no-demo", "--broadcast", "--help"))


def test_a_busy_port_is_one_line_before_anything_is_prepared(house: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = str(busy.getsockname()[1])
        code, line = refused(house, tmp_path, "--port", port)
    assert code == 2 and f"port {port}" in line and "in use" in line and "--port" in line
    assert list(tmp_path.iterdir()) == []


def test_data_that_cannot_be_written_is_one_line(house: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code, line = refused(house, tmp_path / "file" / "data", "--port", str(free_port()))
    assert code == 1 and "cannot write" in line and str(tmp_path) in line


def test_a_disk_that_is_full_while_the_database_is_made_is_one_line(house: Path, tmp_path: Path) -> None:
    code, line = refused(house, tmp_path, "--port", str(free_port()), most="100000")
    assert code == 1 and str(tmp_path) in line and "migrate" in line and "disk" in line


def test_without_the_demo_the_house_is_empty_and_a_second_start_prepares_nothing(
    house: Path, tmp_path: Path
) -> None:
    first = Started(house, tmp_path, "--no-demo")
    assert first.answers() == 200
    assert PREPARES in first.said and f"http://127.0.0.1:{first.port}/" in first.said
    assert "demo log-ins" not in first.said
    assert first.end(signal.SIGINT) == 130
    assert "Traceback" not in first.said
    second = Started(house, tmp_path, "--no-demo")
    assert second.answers() == 200
    assert PREPARES not in second.said
    assert second.end() == 143


def test_a_changed_county_is_loaded_again(house: Path, county: Path) -> None:
    first = Started(house, county)
    first.says("demo log-ins")
    assert PREPARES in first.said
    first.end()
    with (house / "portal/questions/management/county/places.py").open("a") as places:
        places.write("# changed\n")
    second = Started(house, county)
    second.says("demo log-ins")
    assert PREPARES in second.said
    second.end()


async def test_on_every_address_a_broadcast_is_held_and_a_phone_finds_pages_sockets_and_media(
    house: Path, county: Path
) -> None:
    address = host_addresses()[0]
    started = Started(house, county, "--host", "0.0.0.0", "--broadcast")
    assert started.answers(address) == 200
    assert started.answers(name=socket.gethostname()) == 200
    assert started.answers(name="elsewhere.example.org") == 400
    started.says("demo broadcast: on stage")
    assert "0.0.0.0" not in started.said
    live = re.search(r"live: http://(\S+):\d+/live/(\d+)/", started.said)
    assert live and live[1] in host_addresses()
    phone = await Wire.open(started.port, int(live[2]), address=address)
    await phone.hello("viewer")
    offer = await phone.request("watch")
    assert f" {address} " in "".join(re.findall(r"a=candidate:.*", offer["sdp"]))
    phone.close()
    assert started.end() == 143
