"""A browser that wants messages says where it listens."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.lib.errors import NotAllowed
from portal.notices import actions
from portal.notices.push import Address
from portal.people.models import Person


@require_POST
def push(request: HttpRequest) -> HttpResponse:
    """endpoint, p256dh, auth as `PushSubscription.toJSON` has them. {"listening": true}."""
    if not isinstance(request.user, Person):
        raise NotAllowed(_("请先登录。"))
    fields = {name: request.POST.get(name, "") for name in ("endpoint", "p256dh", "auth")}
    actions.listen(request.user, Address(**fields))
    return JsonResponse({"listening": True})
