from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class AgenciesConfig(AppConfig):
    name = "wholeplace.rooms.agencies"
    label = "agencies"

    def ready(self) -> None:
        from wholeplace.rooms.agencies.security import close_trigger_functions, prepare_database

        pre_migrate.connect(prepare_database, dispatch_uid="wholeplace.prepare_database")
        post_migrate.connect(
            close_trigger_functions, sender=self, dispatch_uid="wholeplace.close_trigger_functions"
        )
