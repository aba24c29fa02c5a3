"""Every address of the product."""

from django.urls import URLPattern, URLResolver, include, path

handler400 = "wholeplace.web.errors.bad_request"
handler403 = "wholeplace.web.errors.refused"
handler404 = "wholeplace.web.errors.not_found"
handler500 = "wholeplace.web.errors.broken"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("wholeplace.web.home.urls")),
    path("", include("wholeplace.web.agencies.urls")),
    path("", include("wholeplace.web.people.urls")),
    path("", include("wholeplace.web.adoptions.urls")),
    path("", include("wholeplace.web.corrections.urls")),
    path("", include("wholeplace.web.identity.urls")),
    path("", include("wholeplace.web.schemes.urls")),
    path("", include("wholeplace.web.casework.urls")),
    path("", include("wholeplace.web.documents.urls")),
    path("", include("wholeplace.web.payments.urls")),
    path("", include("wholeplace.web.ledger.urls")),
    path("", include("wholeplace.web.places.urls")),
    path("", include("wholeplace.web.records.urls")),
    path("", include("wholeplace.web.loads.urls")),
    path("", include("wholeplace.web.my.urls")),
    path("", include("wholeplace.web.audit.urls")),
    path("api/", include("wholeplace.api.urls")),
]
