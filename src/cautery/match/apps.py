from django.apps import AppConfig


class Match(AppConfig):
    name = "cautery.match"
