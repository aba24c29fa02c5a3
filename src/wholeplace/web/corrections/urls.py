"""Addresses of requests to correct what an agency says."""

from django.urls import path

from wholeplace.web.corrections import views

urlpatterns = [
    path("people/<ref:ref>/wrong/<ref:record>/<slug:field>", views.wrong, name="person-wrong"),
    path("corrections", views.tasks, name="corrections"),
    path("corrections/<int:request_id>", views.one, name="correction"),
    path("corrections/<int:request_id>/answer", views.answer, name="correction-answer"),
]
