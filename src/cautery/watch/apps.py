from django.apps import AppConfig


class Watch(AppConfig):
    name = "cautery.watch"
