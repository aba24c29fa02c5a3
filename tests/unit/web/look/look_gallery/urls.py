"""One address for each page of the gallery."""

from django.urls import path

from look_gallery import pages

urlpatterns = [
    path("", pages.index),
    *(path(f"{name}/", page, name=name) for name, page in pages.PAGES.items()),
]
