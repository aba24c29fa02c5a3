"""Addresses of letters."""

from django.urls import path

from wholeplace.web.documents import views

urlpatterns = [
    path("letters/<int:letter_id>", views.letter, name="letter"),
    path("letters/<int:letter_id>/printed", views.printed, name="letter-printed"),
]
