"""What messages say. The code stands in the row; the sentence is made in the reader's language when it goes
out.
"""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

TEMPLATES = {
    "registered": _("【直通车】您的诉求已登记，编号%(number)s，查询码%(code)s。进度：%(url)s"),
    "not_accepted": _("【直通车】诉求%(number)s不予受理：%(reason)s。%(instead)s 详情：%(url)s"),
    "accepted": _("【直通车】诉求%(number)s已受理，最迟%(due)s答复。进度：%(url)s"),
    "extended": _("【直通车】诉求%(number)s经批准延期，原定%(before)s，现定%(due)s。进度：%(url)s"),
    "suspended": _("【直通车】诉求%(number)s暂停计时：%(reason)s。进度：%(url)s"),
    "due_changed": _("【直通车】因国务院节假日安排公布，诉求%(number)s的办理期限由%(before)s变为%(due)s。"),
    "aired": _("【直通车】您的诉求%(number)s已在直播中答复，回看并评价：%(url)s"),
    "replied": _("【直通车】您的诉求%(number)s已答复，查看并评价：%(url)s"),
    "closed_silent": _("【直通车】诉求%(number)s因未收到评价已办结，如不满意可申请重办：%(url)s"),
    "reopened": _("【直通车】诉求%(number)s已转为重办，最迟%(due)s答复。进度：%(url)s"),
    "starts_soon": _("【直通车】今天%(time)s直播：%(title)s。观看和提问：%(url)s"),
    "moved": _("【直通车】直播“%(title)s”改到%(due)s %(time)s：%(url)s"),
    "called_off": _("【直通车】原定%(due)s %(time)s的直播“%(title)s”取消，已提的问题照常办理。"),
    "host_changed": _("【直通车】%(due)s %(time)s的直播“%(title)s”改由%(name)s出席：%(url)s"),
    "order": _("诉求%(number)s已派至贵单位，请及时签收。"),
    "to_dispatch": _("诉求%(number)s已转为重办，还没有承办单位，请派单。"),
    "due_soon": _("诉求%(number)s将于%(due)s到期。"),
    "overdue": _("诉求%(number)s已超期（到期日%(due)s）。"),
    "call_back": _("诉求%(number)s收到不满意评价，请回访。"),
}

# What a notification says; the address is behind it.
PUSHES = {
    "starts_soon": _("今天%(time)s直播：%(title)s"),
    "moved": _("直播“%(title)s”改到%(due)s %(time)s"),
    "called_off": _("原定%(due)s %(time)s的直播“%(title)s”取消，已提的问题照常办理。"),
    "host_changed": _("%(due)s %(time)s的直播“%(title)s”改由%(name)s出席"),
}
# What staff must know of their broadcasts, whether or not they have a desk.
CHANGES_OF_BROADCASTS = ("moved", "called_off", "host_changed")

# Fields of a payload that are ISO dates and become words in the reader's language.
DATE_FIELDS = ("due", "before")


def day_words(day: date | None) -> str:
    """2月12日周四, Thu 12 Feb; the empty text for no day."""
    # Translators: a date as Django's date format, e.g. "D j M" in English.
    words = date_format(day, gettext("n月j日D")) if day else ""
    # Django's short Chinese weekday is the long one; on a phone two characters count.
    return words.replace("星期", "周")
