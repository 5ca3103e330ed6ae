"""The leader's table in real browsers: a rehearsal, a department on stage, a shared picture, a promise."""

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Playwright, expect

from tests.gallery.keyboard import press
from tests.whole.conftest import PICTURES
from tests.whole.county import County
from tests.whole.evening import HAND, QUESTION, Evening, until
from tests.whole.people import PHONE, SOUND_AT_ONCE, Citizen, Leader, Moderator, Someone, Staff, spoken

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TABLET = {"width": 1024, "height": 768}
SHORT = QUESTION[:12]
# Chromium's second one gives depths, its third JPEG; the last is a camera again.
FOUR_CAMERAS = "--use-fake-device-for-media-stream=device-count=4"
PICKY = (SOUND_AT_ONCE, FOUR_CAMERAS)
WHAT_IS_SENT = """
(() => {
  const add = RTCPeerConnection.prototype.addTransceiver;
  const lines = new Set();
  RTCPeerConnection.prototype.addTransceiver = function (...given) {
    lines.add(this);
    return add.apply(this, given);
  };
  const connected = () => [...lines].filter((line) => line.connectionState === "connected");
  window.sentNow = () => connected().flatMap((line) => line.getSenders()).map((sender) => sender.track?.label);
})();
"""


@pytest.fixture
def evening(county: County, ids: dict[str, int], playwright: Playwright) -> Evening:
    made = Evening(playwright, county.url, lambda: county.log, PICTURES)
    made.ids = ids
    return made


def enter_studio(evening: Evening) -> Leader:
    lin: Leader = evening.enter(Leader(evening.playwright, evening.url, TABLET, flags=PICKY))
    lin.context.add_init_script(WHAT_IS_SENT)
    lin.log_in("lin")
    lin.open_studio(evening.session)
    return lin


def the_check_measures(lin: Leader) -> None:
    for name in ("picture", "light", "network"):
        expect(lin.page.locator(f"[data-hint={name}]")).not_to_have_attribute(
            "data-level", "wait", timeout=20_000
        )
    assert re.search(r"\d\.\d Mbps", lin.page.locator("[data-hint=network]").inner_text())
    assert "1280×720" in lin.page.locator("[data-hint=picture]").inner_text()


def rehearse(county: County, evening: Evening, lin: Leader, stranger: Citizen) -> None:
    """As it will be, with questions to answer; for everybody else it does not exist, and nothing is left."""
    lin.page.locator("form[action$='/rehearse/'] button").click()
    lin.page.wait_for_url(lambda url: f"/live/{evening.session}/" not in url)
    rehearsal = int(lin.page.url.split("/live/")[1].split("/")[0])
    lin.go_live()
    lin.page.locator("[data-next] button").first.click()
    expect(lin.page.locator("[data-air-title]")).to_have_text("正在回答", timeout=10_000)
    evening_files = county.data_dir / "recordings" / str(rehearsal)
    until(evening_files.exists, 20, "recording the rehearsal")
    lin.photograph(evening.pictures, "rehearsal-tablet")
    lin.page.locator("[data-promise]").click()
    for path, status in ((f"/live/{rehearsal}/", 404), (f"/hls/{rehearsal}/master.m3u8", 403)):
        assert stranger.page.request.get(county.url + path).status == status
    assert "正在直播" not in stranger.page.request.get(f"{county.url}/").text()
    lin.page.keyboard.press("Escape")
    lin.end()
    until(lambda: not evening_files.exists(), 20, "throwing the rehearsal's files away")
    lin.page.locator("[data-over] a:visible").click()
    lin.page.wait_for_url(f"**/live/{evening.session}/studio/")


def invite(county: County, evening: Evening, lin: Leader) -> Staff:
    lin.page.locator("#tab-cohosts").click()
    lin.page.locator("#invite-name").fill("水利局 王敏")
    lin.page.locator("[data-invite] button").click()
    expect(lin.page.locator("[data-cohosts] li")).to_contain_text("还没打开链接", timeout=10_000)
    code = (
        "from portal.live.models import Invitation; from portal.live.actions.invitations import invitation_token;"
        "print(invitation_token(Invitation.objects.get()))"
    )
    olga: Staff = evening.enter(Staff(evening.playwright, evening.url, TABLET, flags=PICKY))
    olga.context.add_init_script(WHAT_IS_SENT)
    olga.log_in("olga")
    page = olga.go(f"/live/{evening.session}/join/{county.shell(code).splitlines()[-1]}/")
    page.locator("main form button").click()
    expect(page.locator("[data-cohost-page][data-part=wait]")).to_be_visible(timeout=20_000)
    return olga


def on_stage_together(
    evening: Evening, lin: Leader, bob: Moderator, olga: Staff, viewer: Citizen, folder: Path
) -> None:
    """Leader or moderator give the place, and take it."""
    button = lin.page.locator("[data-cohosts] button", has_text="请上台")
    expect(button).to_be_enabled(timeout=20_000)
    button.click()
    here = olga.page.locator("[data-cohost-page]")
    expect(here).to_have_attribute("data-part", "on", timeout=15_000)
    seats = bob.page.locator("[data-stage-seats]")
    for words, part in (("请下台", "wait"), ("请上台", "on")):
        seats.get_by_role("button", name=f"{words}：水利局 王敏").click(timeout=15_000)
        expect(here).to_have_attribute("data-part", part, timeout=15_000)
    viewer.picture_moves("[data-cohost]", 40)
    lin.picture_moves("[data-cohost]", 40)
    olga.say(spoken("the water bureau will repair the pipe next week", folder, "slt"), again=True)
    assert viewer.loudness("[data-cohost]", 4) > 0.01, "the viewer does not hear the department"
    assert lin.loudness("[data-cohost]", 4) > 0.01, "the leader does not hear the department"
    viewer.photograph(evening.pictures, "live-with-department-phone")


def share_a_picture(evening: Evening, olga: Staff, lin: Leader, viewer: Citizen, folder: Path) -> None:
    plan = folder / "plan.png"
    Image.new("RGB", (1600, 900), "white").save(plan)
    olga.page.locator("[data-share-open]").click()
    olga.page.locator("[data-share-picture]").set_input_files(plan)
    expect(viewer.page.locator("[data-player][data-sharing=cohost]")).to_be_visible(timeout=15_000)
    expect(olga.page.locator("[data-share-stop]")).to_be_visible()
    middle = """v => {
      const x = Object.assign(document.createElement("canvas"), {width: 1, height: 1}).getContext("2d");
      x.drawImage(v, v.videoWidth / 2, v.videoHeight / 2, 1, 1, 0, 0, 1, 1);
      return x.getImageData(0, 0, 1, 1).data[0];
    }"""
    until(
        lambda: viewer.page.locator("[data-cohost]").evaluate(middle) > 200,
        20,
        "the white page at the viewer",
    )
    lin.photograph(evening.pictures, "studio-sharing-tablet")
    olga.page.locator("[data-share-stop]").click()
    expect(viewer.page.locator("[data-player][data-sharing]")).to_have_count(0, timeout=15_000)


def note_a_promise(county: County, evening: Evening, lin: Leader, bob: Moderator) -> None:
    bob.pick(SHORT)
    bob.act("shortlist")
    lin.page.locator("#tab-next").click()
    # What is known of the matter names the likely unit; a tap before that asks for it.
    with lin.page.expect_response(lambda response: "/matter/" in response.url, timeout=15_000):
        lin.page.locator("[data-next] li", has_text=SHORT).get_by_role("button").click()
    expect(lin.page.locator("[data-air-text]")).to_contain_text(SHORT, timeout=10_000)
    press(lin.page, "[data-promise]")
    # Somebody of the water bureau is on stage: the tap is for them.
    expect(lin.page.locator("[data-noted]")).to_be_visible(timeout=10_000)
    lin.photograph(evening.pictures, "studio-tablet")
    lin.page.locator("[data-noted-change]").click()
    lin.page.locator("[data-promise-text]").fill("下周五之前修好")
    lin.page.locator("[data-promise-save]").click()
    read = "from portal.appeals.models import Promise; p = Promise.objects.latest('pk');"
    read += "print(p.text, p.at_ms, p.recording)"
    until(lambda: "下周五之前修好" in county.shell(read), 10, "the corrected promise")
    _text, at_ms, recording = county.shell(read).splitlines()[-1].split()
    assert int(at_ms) > 0 and recording == str(evening.session)


def pick_another(speaker: Someone, select: str) -> None:
    names = speaker.page.locator(f"{select} option").all_inner_texts()
    assert len(names) > 1
    assert names[-1] not in speaker.page.evaluate("sentNow()")
    speaker.page.locator(select).select_option(label=names[-1])
    until(lambda: names[-1] in speaker.page.evaluate("sentNow()"), 10, f"sending {names[-1]}")
    expect(speaker.page.locator(f"{select} option:checked")).to_have_text(names[-1])


def another_camera_and_microphone(lin: Leader, viewer: Citizen) -> None:
    """Picked by name in the middle of the broadcast: these are sent, without another connection."""
    barcode = "testClock.age(document.querySelector('[data-main]'))"
    assert viewer.page.evaluate(barcode) is not None
    lin.page.locator("[data-devices-open]").click()
    for select in ("[data-camera]", "[data-microphone]"):
        pick_another(lin, select)
    assert len(lin.page.evaluate("sentNow()")) == 2
    lin.page.locator("[data-devices-close]").click()
    viewer.picture_moves("[data-main]")
    until(lambda: viewer.page.evaluate(barcode) is None, 10, "the other camera's picture")
    assert viewer.loudness("[data-main]", 2) > 0.01, "the viewer does not hear the other microphone"


def others_pick_too(evening: Evening, bob: Moderator, olga: Staff, guest: Citizen) -> None:
    """The department on stage, and a citizen before they are."""
    olga.page.locator("[data-devices-part] summary").click()
    pick_another(olga, "[data-camera]")
    assert len(olga.page.evaluate("sentNow()")) == 2
    guest.raise_hand("石桥镇柳湾村")
    evening.call_up(bob, guest, HAND)
    expect(guest.page.locator("[data-ready-note]")).to_be_visible(timeout=20_000)
    guest.page.locator("[data-part=check] summary").click()
    pick_another(guest, "[data-microphone]")
    assert len(guest.page.evaluate("sentNow()")) == 2


def test_an_evening_of_the_leader_from_rehearsal_to_promise(
    county: County, evening: Evening, tmp_path: Path
) -> None:
    try:
        evening.plan()
        lin, viewer = enter_studio(evening), evening.citizen(PHONE)
        viewer.context.add_init_script(WHAT_IS_SENT)
        the_check_measures(lin)
        lin.photograph(evening.pictures, "studio-check-tablet")
        rehearse(county, evening, lin, viewer)
        olga = invite(county, evening, lin)
        lin.go_live()
        viewer.watch(evening.session)
        viewer.picture_moves("[data-main]")
        bob = evening.moderator()
        on_stage_together(evening, lin, bob, olga, viewer, tmp_path)
        share_a_picture(evening, olga, lin, viewer, tmp_path)
        evening.ask(viewer)
        viewer.page.locator("[data-ask-close]").click()
        note_a_promise(county, evening, lin, bob)
        press(lin.page, "[data-done]")
        expect(lin.page.locator("[data-air-asker]")).to_be_hidden(timeout=10_000)
        another_camera_and_microphone(lin, viewer)
        others_pick_too(evening, bob, olga, viewer)
        lin.end()
        expect(olga.page.locator("[data-over]")).to_be_visible(timeout=15_000)
        faults = {type(one).__name__: one.faults() for one in evening.people if one.faults()}
        assert not faults
    finally:
        evening.close()
