"""Addresses of the fund."""

from django.urls import path

from wholeplace.web.ledger import views

urlpatterns = [
    path("fund", views.funds, name="funds"),
    path("fund/<int:budget_id>", views.fund, name="fund"),
    path("fund/<int:budget_id>/allocate", views.allocate, name="fund-allocate"),
]
