"""Pages of the provider desk."""

from __future__ import annotations

from django.urls import path

from cautery.web.provider import views

app_name = "provider"
urlpatterns = [
    path("", views.notices, name="notices"),
    path("enter/", views.enter, name="enter"),
    path("enter/<str:secret>/", views.follow_link, name="link"),
    path("leave/", views.leave, name="leave"),
    path("notices.csv", views.notices_csv, name="csv"),
    path("answers/", views.answers, name="answers"),
    path("threat/", views.threat, name="threat"),
    path("notices/<path:reference>/order.json", views.order_form, name="order"),
    path("notices/<path:reference>/order.pdf", views.order_pages, name="order-pages"),
    path("notices/<path:reference>/annex-<str:number>.json", views.annex_file, name="annex"),
    path("notices/<path:reference>/annex-<str:number>.pdf", views.annex_pages, name="annex-pages"),
    path("notices/<path:reference>/form/", views.give_form, name="form"),
    path("notices/<path:reference>/", views.notice, name="notice"),
    path("figures/<int:year>.json", views.figures, name="figures"),
]
