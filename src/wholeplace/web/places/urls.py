"""Addresses of places."""

from django.urls import path

from wholeplace.web.places import views

urlpatterns = [
    path("places", views.places, name="places"),
    path("places/<slug:code>", views.ward, name="ward"),
]
