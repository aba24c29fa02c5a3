"""Addresses of who is who."""

from django.urls import path

from wholeplace.web.identity import model, pair, queue

urlpatterns = [
    path("identity", queue.waiting, name="identity"),
    path("identity/decisions", queue.decided, name="identity-decisions"),
    path("identity/decisions/<int:decision>/undo", pair.undo, name="identity-undo"),
    path("identity/model", model.model, name="identity-model"),
    path("identity/model/<int:version>", model.model, name="identity-model-version"),
    path("identity/pairs/<ref:one>/<ref:other>", pair.pair, name="identity-pair"),
]
