from django.apps import AppConfig


class Identify(AppConfig):
    name = "cautery.identify"
