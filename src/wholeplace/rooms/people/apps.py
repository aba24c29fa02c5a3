from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "wholeplace.rooms.people"
    label = "people"
