from django.apps import AppConfig
from django.db.models.signals import pre_migrate


class AgenciesConfig(AppConfig):
    name = "wholeplace.rooms.agencies"
    label = "agencies"

    def ready(self) -> None:
        from wholeplace.rooms.agencies.security import prepare_database

        pre_migrate.connect(prepare_database, dispatch_uid="wholeplace.prepare_database")
