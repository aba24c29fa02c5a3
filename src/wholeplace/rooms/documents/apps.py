from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "wholeplace.rooms.documents"
    label = "documents"
