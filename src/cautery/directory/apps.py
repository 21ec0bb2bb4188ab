from django.apps import AppConfig


class Directory(AppConfig):
    name = "cautery.directory"
