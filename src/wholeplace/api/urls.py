"""Addresses of the API."""

from django.urls import path

# Each of them adds its own operations.
from wholeplace.api import casework, corrections, me, money, people, places, trawls  # noqa: F401
from wholeplace.api.app import api

urlpatterns = [path("", api.urls)]
