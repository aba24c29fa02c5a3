from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "wholeplace.rooms.records"
    label = "records"
