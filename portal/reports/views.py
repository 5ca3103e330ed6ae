"""Reports for supervisors: a page with one picture and its table, and the same numbers as a file."""

import csv

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from portal.lib.errors import NotAllowed
from portal.reports.queries import OnTimeReport, may_see_reports, months_offered, on_time_report
from portal.reports.rates import FEWEST_RANKED


def _report(request: HttpRequest) -> OnTimeReport:
    """Of the month in the address, "2026-03"; of this month where it names none that is offered."""
    if not may_see_reports(request.user):
        raise NotAllowed(_("报表只供督办员查看。"))
    offered = months_offered()
    asked = request.GET.get("month", "")
    return on_time_report(next((month for month in offered if f"{month:%Y-%m}" == asked), offered[0]))


@require_GET
@login_required
def on_time(request: HttpRequest) -> HttpResponse:
    """Which unit answers citizens in time."""
    report = _report(request)
    context = {"report": report, "months": months_offered(), "fewest": FEWEST_RANKED}
    return render(request, "reports/on_time.html", context)


@require_GET
@login_required
def on_time_file(request: HttpRequest) -> HttpResponse:
    report = _report(request)
    name = f"on-time-{report.month:%Y-%m}.csv"
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    # Without this mark spreadsheets read Chinese in another code.
    response.write("\ufeff")
    lines = csv.writer(response)
    lines.writerow(
        [_("月份"), _("单位"), _("按时办结"), _("超时办结"), _("超期未结"), _("按时率（%）"), _("公式")]
    )
    for group in report.groups:
        for row in group.rows:
            counts = row.counts
            formula = f"{counts.on_time} ÷ ({counts.settled} + {counts.overdue})"
            unit = str(row.unit) if row.unit else _("还没有派单")
            numbers = [counts.on_time, counts.late, counts.overdue, counts.percent]
            lines.writerow([f"{report.month:%Y-%m}", unit, *numbers, formula])
    return response
