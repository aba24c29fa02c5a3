from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "wholeplace.rooms.places"
    label = "places"
