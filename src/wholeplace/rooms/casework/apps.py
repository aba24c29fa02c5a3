from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "wholeplace.rooms.casework"
    label = "casework"
