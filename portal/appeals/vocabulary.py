"""Words of the case store: channels, kinds of events, reasons from closed lists. Labels are for people,
codes for rows.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    LIVE = "live", _("直播留言")
    STAGE = "stage", _("直播连线")
    TELEPHONE = "telephone", _("热线电话")
    LETTER = "letter", _("来信")
    WECHAT = "wechat", _("微信")
    BOARD = "board", _("留言板")
    OPINION = "opinion", _("意见征集")
    MAILBOX = "mailbox", _("政务邮箱")
    HOTLINE = "hotline", _("12345热线")
    PARTNER = "partner", _("合作应用")


class CaseType(models.TextChoices):
    REQUEST = "request", _("求助")
    COMPLAINT = "complaint", _("投诉")
    REPORT = "report", _("举报")
    QUESTION = "question", _("咨询")
    ADVICE = "advice", _("建议")
    PRAISE = "praise", _("表扬")


class EventKind(models.TextChoices):
    CREATED = "created", _("登记")
    ACCEPTED = "accepted", _("受理")
    NOT_ACCEPTED = "not_accepted", _("不予受理")
    ASSIGNED = "assigned", _("派单")
    SIGNED = "signed", _("签收")
    RETURNED = "returned", _("退回")
    TRANSFERRED = "transferred", _("改派")
    JOINT = "joint", _("联合会办")
    ASKED = "asked", _("提出申请")
    DECLINED = "declined", _("申请未批准")
    SUSPENDED = "suspended", _("挂起")
    RESUMED = "resumed", _("恢复办理")
    EXTENDED = "extended", _("延期")
    DRAFTED = "drafted", _("拟定答复")
    REPLIED = "replied", _("答复")
    APPROVED = "approved", _("审核通过")
    PROMISED = "promised", _("承诺")
    KEPT = "kept", _("承诺兑现")
    AIRED = "aired", _("直播答复")
    EVALUATED = "evaluated", _("评价")
    CALLED_BACK = "called_back", _("回访")
    REOPENED = "reopened", _("重办")
    CLOSED = "closed", _("办结")
    MERGED = "merged", _("归并")
    LINKED = "linked", _("关联共性问题")
    SPLIT = "split", _("拆分")
    EDITED = "edited", _("补充文本")
    REDACTED = "redacted", _("编辑公开文本")
    VIEWED_IDENTITY = "viewed_identity", _("查看身份信息")
    NOTIFIED = "notified", _("通知")
    DUE_CHANGED = "due_changed", _("期限变更")
    OVERDUE = "overdue", _("超期")
    WITHDRAWN = "withdrawn", _("撤回")
    ARCHIVED = "archived", _("归档")
    ATTACHED = "attached", _("补充材料")
    PUBLISHED = "published", _("公开留言")
    UNPUBLISHED = "unpublished", _("撤下留言")


class Audience(models.TextChoices):
    PUBLIC = "public", _("公开")
    CITIZEN = "citizen", _("诉求人可见")
    INTERNAL = "internal", _("内部")


# Who reads as whom: each audience and the rows it may see.
READS = {
    Audience.PUBLIC: (Audience.PUBLIC,),
    Audience.CITIZEN: (Audience.PUBLIC, Audience.CITIZEN),
    Audience.INTERNAL: (Audience.PUBLIC, Audience.CITIZEN, Audience.INTERNAL),
}


class ClockKind(models.TextChoices):
    ACCEPT = "accept", _("受理时限")
    CITIZEN = "citizen", _("群众时限")
    UNIT = "unit", _("单位时限")


class Verdict(models.TextChoices):
    RUNNING = "running", _("计时中")
    ON_TIME = "on_time", _("按时")
    LATE = "late", _("超时")
    VOID = "void", _("不计")


class SuspendReason(models.TextChoices):
    CITIZEN_MATERIAL = "citizen_material", _("等待诉求人补充材料")
    STATUTORY_PROCEDURE = "statutory_procedure", _("等待其他机关法定程序")


class RefuseReason(models.TextChoices):
    NOT_OURS = "not_ours", _("不属于本县受理范围")
    JUDICIAL = "judicial", _("已进入诉讼、仲裁、行政复议程序")
    PETITION = "petition", _("已通过信访渠道办理")
    UNCLEAR = "unclear", _("内容不清，无法联系核实")
    REPEATED = "repeated", _("同一诉求已终结答复")


class ReplyKind(models.TextChoices):
    WRITTEN = "written", _("书面答复")
    SPOKEN = "spoken", _("直播答复")
    OPINION = "opinion", _("协办意见")


class Level(models.IntegerChoices):
    VERY_SATISFIED = 5, _("非常满意")
    SATISFIED = 4, _("满意")
    FAIR = 3, _("基本满意")
    DISSATISFIED = 2, _("不满意")
    VERY_DISSATISFIED = 1, _("非常不满意")


class Solved(models.TextChoices):
    YES = "yes", _("已解决")
    PARTLY = "partly", _("部分解决")
    NO = "no", _("未解决")
    UNKNOWN = "unknown", _("未表态")


class About(models.TextChoices):
    SPOKEN = "spoken", _("直播答复")
    SOLUTION = "solution", _("办理结果")


class RatingSource(models.TextChoices):
    """Only `citizen` counts as the citizen's; the others are kept apart for ever."""

    CITIZEN = "citizen", _("诉求人")
    CALL_BACK = "call_back", _("回访记录")
    DEFAULT = "default", _("系统默认")


class AssignmentRole(models.TextChoices):
    LEAD = "lead", _("主办")
    ASSIST = "assist", _("协办")


class RequestKind(models.TextChoices):
    SUSPEND = "suspend", _("挂起")
    EXTEND = "extend", _("延期")


# The editable rows of `UrgencyClass` as they are first written.
URGENCY_ROWS = (
    {"code": "urgent", "name": "特急", "name_en": "Urgent", "settle_days": 1, "may_suspend": False},
    {"code": "pressing", "name": "紧急", "name_en": "Pressing", "settle_days": 3, "may_suspend": True},
    {"code": "normal", "name": "一般", "name_en": "Normal", "settle_days": 7, "may_suspend": True},
)
USUAL_URGENCY = "normal"
