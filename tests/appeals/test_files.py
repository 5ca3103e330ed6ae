"""Photos and recordings: taken in pieces, judged by what they are, kept in the case, seen by those who may."""

import uuid
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.utils import timezone, translation
from hypothesis import HealthCheck, given, settings, strategies
from PIL import Image

from portal.appeals.actions import register, tidy_files
from portal.appeals.actions.files import ORPHAN_LASTS, Piece, claim_voice, take_piece, write_down
from portal.appeals.content import NotAPicture, clean_picture, sound_type
from portal.appeals.management.commands.verify_cases import Command as Verify
from portal.appeals.models import Appeal, Attachment
from portal.appeals.sealing import query_code
from portal.lib.errors import BadInput, Conflict, NotAllowed
from portal.people.models import Person
from tests.appeals.conftest import County

pytestmark = pytest.mark.slow

SOUND = b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm" + bytes(3000)


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.ATTACHMENTS_DIR = tmp_path / "attachments"
    cache.clear()
    yield


def photo(place: str = "") -> bytes:
    """A JPEG of 3000 × 2000 pixels lying on its side, with a place in its EXIF."""
    picture = Image.effect_noise((300, 200), 90).resize((3000, 2000)).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = place
    exif.get_ifd(0x8825)[2] = (30.0, 15.0, 30.0)
    out = BytesIO()
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


def send(
    person: Person | None, key: uuid.UUID, data: bytes, kind: str = "photo", name: uuid.UUID | None = None
) -> Attachment:
    """All of `data` in pieces of 64 KiB."""
    name = name or uuid.uuid4()
    row = None
    for offset in range(0, len(data), 65536):
        row = take_piece(
            person, Piece(name, key, kind, len(data), offset, data[offset : offset + 65536]), "192.0.2.1"
        )
    assert row is not None
    return row


def case(person: Person, key: uuid.UUID | None = None) -> Appeal:
    with transaction.atomic():
        made = register("live", person, "村口的路灯坏了", "柳湾村", key or uuid.uuid4())
    return Appeal.objects.get(pk=made.appeal_id)


def test_a_photo_is_drawn_again_upright_smaller_and_without_its_place() -> None:
    cleaned = clean_picture(photo("SECRETPLACE"))
    with Image.open(BytesIO(cleaned)) as found:
        assert found.format == "JPEG" and found.size == (1365, 2048)
        assert not found.getexif()
    assert b"SECRETPLACE" not in cleaned and b"Exif" not in cleaned


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
def test_other_pictures_become_jpeg_and_what_is_transparent_white(kind: str) -> None:
    out = BytesIO()
    Image.new("RGBA", (40, 30), (255, 0, 0, 0)).save(out, kind)
    with Image.open(BytesIO(clean_picture(out.getvalue()))) as found:
        assert found.format == "JPEG" and found.getpixel((5, 5)) == (255, 255, 255)


def test_a_picture_that_claims_more_pixels_than_a_telephone_takes_is_refused() -> None:
    out = BytesIO()
    Image.new("1", (30_000, 30_000)).save(out, "PNG")
    assert len(out.getvalue()) < 1 << 20
    with pytest.raises(NotAPicture):
        clean_picture(out.getvalue())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(strategies.binary(max_size=300), strategies.integers(0, 4000))
def test_no_bytes_get_past_as_an_exception_of_another_kind(noise: bytes, cut: int) -> None:
    damaged = photo()[:cut] + noise
    for data in (noise, damaged):
        try:
            clean_picture(data)
        except NotAPicture:
            continue
    assert sound_type(noise[:64]) in ("", "webm", "ogg", "m4a")


def test_pieces_go_on_where_a_broken_line_stopped(county: County) -> None:
    appeal, data, name = case(county.alice), photo(), uuid.uuid4()
    first = Piece(name, appeal.key, "photo", len(data), 0, data[:50_000])
    assert take_piece(county.alice, first).received == 50_000
    # The answer got lost: the same piece again, one that overlaps, one with a gap. None of them counts.
    assert take_piece(county.alice, first).received == 50_000
    gap = Piece(name, appeal.key, "photo", len(data), 60_000, data[60_000:])
    assert take_piece(county.alice, gap).received == 50_000
    rest = Piece(name, appeal.key, "photo", len(data), 50_000, data[50_000:])
    done = take_piece(county.alice, rest)
    assert done.state == "ready" and done.in_case
    event = appeal.events.get(kind="attached")
    assert event.payload == {"file": str(name), "kind": "photo", "sha256": done.digest}
    assert event.actor == county.alice
    assert (
        take_piece(county.alice, rest).state == "ready" and appeal.events.filter(kind="attached").count() == 1
    )
    Verify().handle()


def test_what_comes_before_its_question_is_enclosed_with_it(county: County) -> None:
    key = uuid.uuid4()
    voice = send(None, key, SOUND, "voice")
    assert voice.state == "ready" and not voice.in_case
    appeal = case(county.alice, key)
    voice.refresh_from_db()
    assert voice.in_case and voice.person == county.alice
    assert [event.kind for event in appeal.events.all()] == ["created", "attached"]


def test_nobody_else_adds_to_a_case_or_to_a_file(county: County) -> None:
    appeal = case(county.alice)
    for stranger in (county.charlie, county.bob, None):
        with pytest.raises(NotAllowed):
            send(stranger, appeal.key, photo())
    started = Piece(uuid.uuid4(), uuid.uuid4(), "photo", 100_000, 0, bytes(10))
    take_piece(county.alice, started)
    with pytest.raises(NotAllowed):
        take_piece(county.charlie, started)
    with pytest.raises(NotAllowed):
        send(None, uuid.uuid4(), photo())


def test_three_photos_and_one_recording_and_no_more(county: County) -> None:
    appeal = case(county.alice)
    for _ in range(3):
        send(county.alice, appeal.key, photo())
    send(county.alice, appeal.key, SOUND, "voice")
    for data, kind in ((photo(), "photo"), (SOUND, "voice")):
        with pytest.raises(Conflict):
            send(county.alice, appeal.key, data, kind)
    assert Attachment.objects.filter(key=appeal.key, in_case=True).count() == 4


@pytest.mark.parametrize(
    ("data", "kind"),
    [(SOUND, "photo"), (b"<svg onload=alert(1)>", "photo"), (b"MZ" + bytes(90), "voice"), (b"hello", "film")],
)
def test_what_is_not_what_it_claims_to_be_is_refused_and_leaves_nothing(
    county: County, data: bytes, kind: str, settings: Any
) -> None:
    appeal = case(county.alice)
    with pytest.raises(BadInput):
        send(county.alice, appeal.key, data, kind)
    assert not Attachment.objects.exists()
    assert not list(settings.ATTACHMENTS_DIR.glob("*"))


def test_a_file_that_never_got_its_question_is_forgotten(county: County, settings: Any) -> None:
    send(None, uuid.uuid4(), SOUND, "voice")
    now = timezone.now()
    assert tidy_files(now) == 0
    assert tidy_files(now + ORPHAN_LASTS * 2) == 1
    assert not Attachment.objects.exists() and not list(settings.ATTACHMENTS_DIR.glob("*"))


def test_a_crash_before_the_event_is_made_good(county: County) -> None:
    appeal = case(county.alice)
    row = send(county.alice, uuid.uuid4(), SOUND, "voice")
    Attachment.objects.filter(pk=row.pk).update(key=appeal.key)
    assert tidy_files(timezone.now()) == 1 and tidy_files(timezone.now()) == 0
    assert appeal.events.filter(kind="attached").count() == 1


def test_words_are_written_down_once_and_only_where_somebody_listens(county: County, settings: Any) -> None:
    settings.SPEECH_MODEL_DIR = ""
    assert send(None, uuid.uuid4(), SOUND, "voice").words_state == "none"
    with translation.override("en"):
        row = send(None, uuid.uuid4(), SOUND, "voice")
    assert row.words_state == "wanted"
    now = timezone.now()
    claimed = claim_voice(now)
    assert claimed is not None and claimed[0] == row.pk and claimed[1].read_bytes() == SOUND
    assert claim_voice(now) is None
    write_down(row.pk, " the lamp is broken ")
    write_down(row.pk, "something else")
    row.refresh_from_db()
    assert row.words == "the lamp is broken"


def of(person: Person | None) -> Client:
    client = Client()
    if person is not None:
        client.force_login(person)
    return client


def test_files_are_seen_by_those_who_may_read_the_case_and_run_the_broadcast(county: County) -> None:
    appeal = case(county.alice)
    row = send(county.alice, appeal.key, photo())
    address = f"/cases/{appeal.number}/files/{row.uuid}/"
    seen = {
        name: of(getattr(county, name)).get(address).status_code
        for name in ("alice", "bob", "lin", "clara", "sam", "olga", "otto", "charlie")
    }
    assert seen == dict.fromkeys(("alice", "bob", "lin", "clara", "sam"), 200) | dict.fromkeys(
        ("olga", "otto", "charlie"), 403
    )
    assert of(None).get(address).status_code == 403
    response = of(None).get(f"{address}?code={query_code(appeal.number)}")
    assert response.headers["Content-Type"] == "image/jpeg"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert "photos" in of(county.alice).get(f"/cases/{appeal.number}/").content.decode()
    listed = of(county.bob).get(f"/cases/{appeal.number}/files/").json()["files"]
    assert [entry["url"] for entry in listed] == [address]


def test_over_http_a_sender_learns_how_far_it_is(county: County) -> None:
    appeal, data, name = case(county.alice), photo(), uuid.uuid4()
    client = of(county.alice)
    address = f"/files/{name}/?key={appeal.key}&kind=photo&size={len(data)}"
    assert client.get(f"/files/{name}/").status_code == 404
    half = client.post(f"{address}&offset=0", data[:40_000], content_type="application/octet-stream")
    assert half.json()["received"] == 40_000
    assert of(county.charlie).get(f"/files/{name}/").status_code == 404
    assert client.get(f"/files/{name}/").json()["received"] == 40_000
    whole = client.post(f"{address}&offset=40000", data[40_000:], content_type="application/octet-stream")
    assert whole.json()["in_case"] is True
    for wrong in ("key=x&kind=photo&size=9&offset=0", f"key={appeal.key}&kind=photo&size=9&offset=-1"):
        refused = client.post(
            f"/files/{uuid.uuid4()}/?{wrong}", b"x", content_type="application/octet-stream"
        )
        assert refused.status_code == 400


def test_taken_back_before_the_question_is_sent_it_is_gone_and_afterwards_not(county: County) -> None:
    key = uuid.uuid4()
    row = send(county.alice, key, SOUND, "voice")
    assert of(county.charlie).post(f"/files/{row.uuid}/remove/").status_code == 200
    assert Attachment.objects.filter(pk=row.pk).exists()
    of(county.alice).post(f"/files/{row.uuid}/remove/")
    assert not Attachment.objects.exists()
    kept = send(county.alice, case(county.alice).key, SOUND, "voice")
    of(county.alice).post(f"/files/{kept.uuid}/remove/")
    assert Attachment.objects.filter(pk=kept.pk).exists()
