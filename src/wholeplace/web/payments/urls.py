"""Addresses of payments."""

from django.urls import path

from wholeplace.web.payments import views

urlpatterns = [
    path("payments", views.payments, name="payments"),
    path("payments/release", views.release_selected, name="payments-release"),
    path("payments/released/<uuid:key>", views.released, name="payments-released"),
    path("payments/runs/start", views.start_run, name="payment-run-start"),
    path("payments/runs/<int:run_id>", views.run, name="payment-run"),
    path("payments/<int:payment_id>", views.payment, name="payment"),
    path("payments/<int:payment_id>/release", views.release, name="payment-release"),
]
