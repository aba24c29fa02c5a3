"""Addresses of applications and awards."""

from django.urls import path

from wholeplace.web.casework import applications, awards

urlpatterns = [
    path("applications", applications.applications, name="applications"),
    path("applications/<int:application_id>", applications.application, name="application"),
    path("applications/<int:application_id>/award", applications.award, name="application-award"),
    path("applications/<int:application_id>/grant", applications.grant, name="application-grant"),
    path(
        "applications/<int:application_id>/refuse", applications.refuse, name="application-refuse"
    ),
    path(
        "applications/<int:application_id>/ask",
        applications.ask_information,
        name="application-ask",
    ),
    path(
        "applications/<int:application_id>/received",
        applications.received,
        name="application-received",
    ),
    path(
        "applications/<int:application_id>/withdraw",
        applications.withdraw,
        name="application-withdraw",
    ),
    path(
        "applications/<int:application_id>/letter", applications.letter, name="application-letter"
    ),
    path("awards/<int:award_id>", awards.award, name="award"),
    path("awards/<int:award_id>/confirm", awards.confirm, name="award-confirm"),
    path("awards/<int:award_id>/give-up", awards.give_up, name="award-give-up"),
    path("awards/<int:award_id>/end", awards.end, name="award-end"),
    path("awards/<int:award_id>/check", awards.check, name="award-check"),
]
