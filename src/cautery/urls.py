"""Where each door is."""

from __future__ import annotations

from django.urls import include, path

from cautery.api.main import api

urlpatterns = [
    path("api/v1/", api.urls),
    path("provider/", include("cautery.web.provider.urls")),
    path("", include("cautery.web.urls")),
]
