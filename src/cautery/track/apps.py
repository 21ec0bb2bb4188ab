from django.apps import AppConfig


class Track(AppConfig):
    name = "cautery.track"
