"""Addresses of trawls and findings."""

from django.urls import path

from wholeplace.web.schemes import about, views, work_list

urlpatterns = [
    path("trawls", views.trawls, name="trawls"),
    path("trawls/start", views.start, name="trawl-start"),
    path("trawls/<int:run_id>", work_list.trawl, name="trawl"),
    path("trawls/<int:run_id>/about", about.about, name="trawl-about"),
    path("findings/<int:finding_id>", views.finding, name="finding"),
    path("findings/<int:finding_id>/open", views.open_finding, name="finding-open"),
    path("findings/<int:finding_id>/set-aside", views.set_aside, name="finding-set-aside"),
    path("findings/<int:finding_id>/bring-back", views.bring_back, name="finding-bring-back"),
]
