"""Addresses of adoption orders."""

from django.urls import path

from wholeplace.web.adoptions import views

urlpatterns = [
    path("adoptions", views.orders, name="adoptions"),
    path("adoptions/<int:number>", views.order, name="adoption"),
    path("adoptions/<int:number>/confirm", views.confirm, name="adoption-confirm"),
    path("adoptions/<int:number>/withdraw", views.withdraw, name="adoption-withdraw"),
    path("people/<ref:ref>/adoption", views.record, name="person-adoption"),
]
