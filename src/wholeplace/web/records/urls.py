"""Addresses of loads."""

from django.urls import path

from wholeplace.web.records import views

urlpatterns = [
    path("loads", views.loads, name="loads"),
    path("loads/<int:load_id>", views.load, name="load"),
]
