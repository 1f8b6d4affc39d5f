"""Addresses of the pages. `/p/...` are panels that the scripts fetch; everything else is a whole page."""

from django.urls import URLPattern, URLResolver, include, path

from fengsui.web.views import acts, archive, cases, components, desk, plans, records, report, session, shift, tour, wall

urlpatterns: list[URLPattern | URLResolver] = [
    path("", desk.desk, name="desk"),
    path("p/desk", desk.desk_panels, name="desk-panels"),
    path("report/", report.report, name="report"),
    path("p/report/preview", report.preview, name="report-preview"),
    path("cases/", cases.case_list, name="cases"),
    path("cases/views/", cases.views, name="views"),
    path("cases/export.csv", cases.case_file, name="cases-file"),
    path("cases/<str:number>/", cases.case, name="case"),
    path("p/cases/<str:number>", cases.case_panels, name="case-panels"),
    path("cases/<str:number>/handover/", shift.handover, name="handover"),
    path("approvals/", shift.approvals, name="approvals"),
    path("p/approvals", shift.approval_panels, name="approval-panels"),
    path("cases/<str:number>/act/<str:act>/", acts.act, name="act"),
    path("plans/", plans.plans, name="plans"),
    path("plans/<str:pack>/diff/<str:old>..<str:new>/", plans.compare, name="plan-diff"),
    path("plans/<str:pack>/<str:version>/", plans.plan, name="plan"),
    path("plans/<str:pack>/<str:version>/source/", plans.source, name="plan-source"),
    path("plans/<str:pack>/<str:version>/health/", plans.health, name="plan-health"),
    path("plans/<str:pack>/<str:version>/beside/", plans.beside, name="beside"),
    path("plans/<str:pack>/<str:version>/params/", plans.questions, name="questions"),
    path("plans/<str:pack>/<str:version>/params/<str:name>/", plans.question, name="question"),
    path("cases/<str:number>/events/", records.events, name="events"),
    path("cases/<str:number>/export.jsonl", records.export, name="export"),
    path("v/", records.ask_code, name="ask-code"),
    path("v/<str:code>", records.code, name="code"),
    path("verify/fengsui-verify.py", records.verifier, name="verifier"),
    path("archive/", archive.archive, name="archive"),
    path("archive/export.csv", archive.archive_file, name="archive-file"),
    path("audit/", archive.audit, name="audit"),
    path("audit/export.csv", archive.audit_file, name="audit-file"),
    path("wall/", wall.wall, name="wall"),
    path("p/wall", wall.wall_panels, name="wall-panels"),
    path("regimes/", plans.regimes, name="regimes"),
    path("admin/", include("fengsui.web.urls_admin")),
    path("me/", session.me, name="me"),
    path("me/password/", session.password, name="password"),
    path("me/read/", session.read, name="read"),
    path("tour/dismiss/", tour.dismiss, name="tour-dismiss"),
    path("sign-in/", session.sign_in, name="sign-in"),
    path("sign-out/", session.sign_out, name="sign-out"),
    path("p/session", session.prolong, name="prolong"),
    path("me/language/", session.language, name="language"),
    path("me/theme/", session.theme, name="theme"),
    path("dev/components/", components.components, name="components"),
]
handler400 = "fengsui.web.views.problems.bad_request"
handler403 = "fengsui.web.views.problems.forbidden"
handler404 = "fengsui.web.views.problems.not_found"
handler500 = "fengsui.web.views.problems.failed"
