from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "wholeplace.rooms.audit"
    label = "audit"
