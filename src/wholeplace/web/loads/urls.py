"""Addresses of what was set aside, and of the quality of deliveries."""

from django.urls import path

from wholeplace.web.loads import aside, mending, quality

urlpatterns = [
    path("loads/aside", aside.reasons, name="aside"),
    path("loads/aside/rows", aside.rows, name="aside-rows"),
    path("loads/aside/again", mending.again, name="aside-again"),
    path("loads/aside/<int:reject_id>", aside.row, name="aside-row"),
    path("loads/aside/<int:reject_id>/correct", mending.correct, name="aside-correct"),
    path("loads/aside/<int:reject_id>/drop", mending.drop, name="aside-drop"),
    path("loads/quality", quality.sources, name="quality"),
    path("loads/quality/<slug:source>", quality.source, name="quality-source"),
    path("loads/quality/<slug:source>/table.csv", quality.table, name="quality-table"),
]
