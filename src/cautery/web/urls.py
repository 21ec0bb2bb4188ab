"""Pages of the desk."""

from __future__ import annotations

from django.urls import path
from django.views.generic import RedirectView

from cautery.web.views.items import item_csv, item_list, item_ndjson, item_page_view
from cautery.web.views.operations import operation_list, operation_page
from cautery.web.views.reports import report_file, report_page, report_raw
from cautery.web.views.room import room_key, room_page, room_panel
from cautery.web.views.session import SignIn, SignOut

app_name = "web"
urlpatterns = [
    path("", RedirectView.as_view(pattern_name="web:operations"), name="home"),
    path("sign-in/", SignIn.as_view(), name="sign-in"),
    path("sign-out/", SignOut.as_view(), name="sign-out"),
    path("operations/", operation_list, name="operations"),
    path("operations/<slug:slug>/", operation_page, name="operation"),
    path("operations/<slug:slug>/room/", room_page, name="room"),
    path("operations/<slug:slug>/room/panel/", room_panel, name="room-panel"),
    path("operations/<slug:slug>/room/key/", room_key, name="room-key"),
    path("operations/<slug:slug>/items/", item_list, name="items"),
    path("operations/<slug:slug>/items.csv", item_csv, name="items-csv"),
    path("operations/<slug:slug>/items.ndjson", item_ndjson, name="items-ndjson"),
    path("operations/<slug:slug>/report/", report_page, name="report"),
    path("operations/<slug:slug>/report/raw/", report_raw, name="report-raw"),
    path("operations/<slug:slug>/report/files/<str:name>", report_file, name="report-file"),
    path("items/<int:pk>/", item_page_view, name="item"),
]
