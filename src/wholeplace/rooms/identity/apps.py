from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "wholeplace.rooms.identity"
    label = "identity"
