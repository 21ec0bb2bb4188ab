from django.apps import AppConfig


class Report(AppConfig):
    name = "cautery.report"
