from django.apps import AppConfig


class Custody(AppConfig):
    name = "cautery.custody"
