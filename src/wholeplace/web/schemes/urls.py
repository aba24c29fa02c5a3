"""Addresses of trawls and findings."""

from django.urls import path

from wholeplace.web.schemes import about, changes, overlaps, public, replay, views, work_list

urlpatterns = [
    path("trawls", views.trawls, name="trawls"),
    path("trawls/start", views.start, name="trawl-start"),
    path("trawls/overlaps", overlaps.overlaps, name="overlaps"),
    path("trawls/overlaps/<slug:first>/<slug:second>", overlaps.in_both, name="overlap"),
    path("trawls/<int:run_id>", work_list.trawl, name="trawl"),
    path("trawls/<int:run_id>/about", about.about, name="trawl-about"),
    path("trawls/<int:run_id>/changes", changes.changes, name="trawl-changes"),
    path("trawls/<int:run_id>/changes/<str:ref>", changes.change, name="trawl-change"),
    path("trawls/<int:run_id>/replay", replay.start, name="trawl-replay"),
    path("trawls/<int:run_id>/replays/<int:replay_id>", replay.replayed, name="trawl-replayed"),
    path("schemes", public.schemes, name="schemes"),
    path("schemes/<slug:key>", public.scheme, name="scheme"),
    path("findings/<int:finding_id>", views.finding, name="finding"),
    path("findings/<int:finding_id>/open", views.open_finding, name="finding-open"),
    path("findings/<int:finding_id>/set-aside", views.set_aside, name="finding-set-aside"),
    path("findings/<int:finding_id>/bring-back", views.bring_back, name="finding-bring-back"),
]
