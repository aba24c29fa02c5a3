"""Addresses of a resident's own pages."""

from django.urls import path

from wholeplace.web.my import views

urlpatterns = [
    path("my/payments", views.payments, name="my-payments"),
    path("my/views", views.views, name="my-views"),
]
