from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "wholeplace.rooms.ledger"
    label = "ledger"
