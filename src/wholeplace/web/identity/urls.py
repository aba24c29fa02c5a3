"""Addresses of who is who."""

from django.urls import path

from wholeplace.web.identity import pair, queue

urlpatterns = [
    path("identity", queue.waiting, name="identity"),
    path("identity/decisions", queue.decided, name="identity-decisions"),
    path("identity/decisions/<int:decision>/undo", pair.undo, name="identity-undo"),
    path("identity/pairs/<ref:one>/<ref:other>", pair.pair, name="identity-pair"),
]
