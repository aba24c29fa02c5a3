"""Addresses of the API."""

from django.urls import path

# Each of them adds its own operations.
from wholeplace.api import (  # noqa: F401 - for what they add
    casework,
    corrections,
    me,
    money,
    new_people,
    people,
    places,
    trawls,
)
from wholeplace.api.app import api

urlpatterns = [path("", api.urls)]
