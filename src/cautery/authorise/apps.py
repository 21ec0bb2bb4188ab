from django.apps import AppConfig


class Authorise(AppConfig):
    name = "cautery.authorise"
