"""Addresses of the audit trail."""

from django.urls import path

from wholeplace.web.audit import views

urlpatterns = [
    path("audit", views.trail, name="audit"),
    path("audit/check", views.check, name="audit-check"),
]
