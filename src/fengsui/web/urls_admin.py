"""Addresses of administration, under /admin/. The name of each page is `admin-` and its area in `directory.offices`."""

from django.urls import URLPattern, path

from fengsui.web.views.admin import assets, channels, ladder, ledger, people, plans, tree

urlpatterns: list[URLPattern] = [
    path("", tree.index, name="admin-index"),
    path("organisations/", tree.organisations, name="admin-organisations"),
    path("organisations/<str:id>/", tree.organisation, name="admin-organisation"),
    path("posts/", tree.posts, name="admin-posts"),
    path("units/<str:id>/", tree.unit, name="admin-unit"),
    path("people/", people.people, name="admin-people"),
    path("people/<str:id>/", people.one_person, name="admin-person"),
    path("assets/", assets.assets, name="admin-assets"),
    path("assets/table.csv", assets.table, name="admin-table"),
    path("assets/<str:id>/", assets.asset, name="admin-asset"),
    path("delegations/", tree.delegations, name="admin-delegations"),
    path("packs/", plans.packs, name="admin-packs"),
    path("overlay/", plans.overlay, name="admin-overlay"),
    path("calendar/", plans.calendar, name="admin-calendar"),
    path("ladder/", ladder.ladder, name="admin-ladder"),
    path("settings/", plans.settings, name="admin-settings"),
    path("locked/", people.locked, name="admin-locked"),
    path("tokens/", people.tokens, name="admin-tokens"),
    path("channels/", channels.channels, name="admin-channels"),
    path("channels/<str:id>/", channels.channel, name="admin-channel"),
    path("attempts/", channels.attempts, name="admin-attempts"),
    path("rollcall/", channels.rollcall, name="admin-rollcall"),
    path("rollcall/table.csv", channels.rollcall_file, name="admin-rollcall-file"),
    path("ledger/", ledger.entries, name="admin-ledger"),
]
