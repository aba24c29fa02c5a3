"""Addresses of signing in."""

from django.urls import path

from wholeplace.web.agencies import views

urlpatterns = [
    path("sign-in", views.sign_in, name="sign-in"),
    path("sign-out", views.sign_out, name="sign-out"),
    path("code", views.code, name="code"),
    path("role", views.role, name="role"),
]
