from django.apps import AppConfig


class Web(AppConfig):
    name = "cautery.web"
