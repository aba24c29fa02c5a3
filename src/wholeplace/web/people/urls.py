"""Addresses of search and of people."""

from django.urls import path, register_converter

from wholeplace.web.converters import Reference
from wholeplace.web.people import new, one_person, record, search, views, working

register_converter(Reference, "ref")

urlpatterns = [
    path("search", search.search, name="search"),
    path("search/<int:event>", search.results, name="search-results"),
    path("people/new", new.new, name="person-new"),
    path("people/<ref:ref>", views.person, name="person"),
    path("people/<ref:ref>/before", views.before, name="person-before"),
    path("people/<ref:ref>/one-person", one_person.why_one, name="person-one"),
    path("people/<ref:ref>/who-works", working.who_works, name="person-who-works"),
    path("people/<ref:ref>/letter", record.letter, name="person-letter"),
    path("people/<ref:ref>/application", record.application, name="person-application"),
    path("people/<ref:ref>/bar", record.bar, name="person-bar"),
    path("people/<ref:ref>/bar/<int:bar_id>/end", record.end_bar, name="person-bar-end"),
    path("people/<ref:ref>/code", record.code, name="person-code"),
]
