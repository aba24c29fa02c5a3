from django.apps import AppConfig


class SchemesConfig(AppConfig):
    name = "wholeplace.rooms.schemes"
    label = "schemes"
