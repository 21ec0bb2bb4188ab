from django.apps import AppConfig


class Refer(AppConfig):
    name = "cautery.refer"
