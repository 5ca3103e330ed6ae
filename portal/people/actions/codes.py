"""One-time codes: on their way to a telephone, compared, and used once."""

import logging
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from portal.lib.errors import BadInput, TryLater
from portal.lib.pace import Pace, RateLimited
from portal.people.models import PhoneCode
from portal.people.queries import mask_phone
from portal.people.sealing import code_hash, normal_phone, phone_hash
from portal.people.sms import SmsFailed, gateway

CODE_LIVES = timedelta(minutes=5)
CODE_TRIES = 5
BETWEEN_SENDS = timedelta(seconds=60)
SENDS_PER_HOUR = 5

log = logging.getLogger(__name__)


class BadPhone(BadInput):
    code = "bad_phone"


class WrongCode(BadInput):
    code = "wrong_code"


class ExpiredCode(BadInput):
    code = "expired_code"


class TooManyTries(BadInput):
    code = "too_many_tries"


def bad_phone() -> BadPhone:
    return BadPhone(_("请填写11位手机号。"), field="phone")


def telephone(typed: str) -> str:
    """The eleven digits of what was typed; raises `BadPhone`."""
    phone = normal_phone(typed)
    if phone is None:
        raise bad_phone()
    return phone


def _check_pace(hashed: str, now: datetime) -> None:
    sent = list(
        PhoneCode.objects.filter(phone_hash=hashed, sent_at__gt=now - timedelta(hours=1))
        .order_by("-sent_at")
        .values_list("sent_at", flat=True)[:SENDS_PER_HOUR]
    )
    if sent and now - sent[0] < BETWEEN_SENDS:
        wait = int((sent[0] + BETWEEN_SENDS - now).total_seconds()) + 1
        raise RateLimited(_("验证码刚刚发过，请在%(seconds)s秒后再试。") % {"seconds": wait}, seconds=wait)
    if len(sent) >= SENDS_PER_HOUR:
        wait = int((sent[-1] + timedelta(hours=1) - now).total_seconds()) + 1
        minutes = wait // 60 + 1
        raise RateLimited(
            _("验证码发送次数过多，请在%(minutes)s分钟后再试。") % {"minutes": minutes}, seconds=wait
        )


def _codes_per_address() -> Pace:
    return Pace("codes", limit=settings.CODES_PER_ADDRESS, seconds=3600)


def send_code(phone: str, origin: str = "") -> None:
    """Send a fresh six-digit code to `phone`; the one before it stops working. `origin`: the network address
    of who asks for it.

    Raises `BadPhone`, `RateLimited` (60 s between sends, five an hour per number, CODES_PER_ADDRESS an hour
    per address), `TryLater` when the gateway fails.
    """
    number = telephone(phone)
    words = _("【直通车】验证码 %(code)s，5分钟内有效，请勿告诉他人。")
    _send(number, phone_hash(number), words, {}, origin)


def send_guardian_code(number: str, child: str, origin: str = "") -> None:
    """Ask who holds `number` to agree for the child with the number `child`: both are eleven digits. Raises
    as `send_code`.
    """
    words = _(
        "【直通车】手机号%(child)s的孩子想使用直通车，请您作为监护人同意。同意就把验证码 %(code)s 告诉孩子，"
        "5分钟内有效；不同意请不用理会。"
    )
    _send(number, guardian_use(number, child), words, {"child": mask_phone(child)}, origin)


def guardian_use(number: str, child: str) -> str:
    """What the guardian's code is good for. A child hears it, so it must never log in as the guardian."""
    return f"{phone_hash(number)} {phone_hash(child)}"


def _send(number: str, use: str, words: str, named: dict[str, str], origin: str) -> None:
    """`use`: what the code is hashed with, so that it is good for nothing else."""
    if origin:
        _codes_per_address().check(origin)
    hashed = phone_hash(number)
    now = timezone.now()
    code = f"{secrets.randbelow(1_000_000):06d}"
    with transaction.atomic():
        _check_pace(hashed, now)
        row = PhoneCode.objects.create(
            phone_hash=hashed, code_hash=code_hash(use, code), sent_at=now, expires_at=now + CODE_LIVES
        )
    if origin:
        _codes_per_address().count(origin)
    try:
        gateway().send(number, words % {"code": code, **named})
    except SmsFailed:
        # The pace must not punish a message that never left.
        PhoneCode.objects.filter(pk=row.pk).delete()
        log.warning("sms gateway refused code %s", row.pk)
        raise TryLater(_("短信暂时发不出去，请稍后再试。"), seconds=30) from None


def right_code(hashed: str, use: str, code: str, now: datetime, field: str = "code") -> int:
    """The id of the code that was sent to `hashed` for `use`, if `code` is it; `spend` uses it up. Two codes
    are first both compared, so that a slip in one does not cost the other.

    Raises `ExpiredCode`, `TooManyTries`, `WrongCode` for `field`. Call it outside a transaction: a wrong try
    must stay counted.
    """
    newest = PhoneCode.objects.filter(phone_hash=hashed).order_by("-sent_at", "-pk").first()
    if newest is None or newest.used_at is not None or newest.expires_at <= now:
        raise _expired(field)
    # Counted before it is compared: parallel guesses cannot share one try.
    if not PhoneCode.objects.filter(pk=newest.pk, tries__lt=CODE_TRIES).update(tries=F("tries") + 1):
        raise TooManyTries(_("验证码输错次数过多，请重新获取。"), field=field)
    if not constant_time_compare(newest.code_hash, code_hash(use, code.strip())):
        raise WrongCode(_("验证码不正确，请再核对一次。"), field=field)
    return newest.pk


def spend(code_id: int, now: datetime, field: str = "code") -> None:
    if not PhoneCode.objects.filter(pk=code_id, used_at=None).update(used_at=now):
        raise _expired(field)


def _expired(field: str) -> ExpiredCode:
    return ExpiredCode(_("验证码已失效，请重新获取。"), field=field)
