"""Pages of the desk."""

from __future__ import annotations

from django.urls import path
from django.views.generic import RedirectView

from cautery.web import register_urls
from cautery.web.language import choose_language
from cautery.web.people import urls as people
from cautery.web.views.asked import queue_fields, signing_complete
from cautery.web.views.care import (
    care_display,
    care_page,
    care_rest,
    closed_hand_over,
    closed_page,
    team_page,
)
from cautery.web.views.items import item_file, item_list, item_page_view
from cautery.web.views.network import (
    network_choose,
    network_data,
    network_file,
    network_graphml,
    network_item,
    network_layer,
    network_list,
    network_page,
    network_what_if,
)
from cautery.web.views.operations import (
    operation_list,
    operation_make,
    operation_new,
    operation_page,
    times_page,
    times_set,
)
from cautery.web.views.picture_text import picture_text, picture_translation
from cautery.web.views.queue import (
    item_stop,
    picture,
    queue_ask,
    queue_decide,
    queue_item,
    queue_leave,
    queue_next,
    queue_page,
    queue_undo,
)
from cautery.web.views.reports import report_file, report_page, report_raw
from cautery.web.views.room import room_file, room_key, room_page, room_panel
from cautery.web.views.signing import signing_page, signing_sign, signing_take
from cautery.web.views.translation import queue_translation

app_name = "web"
urlpatterns = [
    path("", RedirectView.as_view(pattern_name="web:operations"), name="home"),
    *people.urlpatterns,
    path("language/", choose_language, name="language"),
    path("operations/", operation_list, name="operations"),
    path("new-operation/", operation_new, name="operation-new"),
    path("new-operation/make/", operation_make, name="operation-make"),
    path("operations/<slug:slug>/", operation_page, name="operation"),
    path("operations/<slug:slug>/times/", times_page, name="times"),
    path("operations/<slug:slug>/times/set/", times_set, name="times-set"),
    path("operations/<slug:slug>/room/", room_page, name="room"),
    path("operations/<slug:slug>/room/panel/", room_panel, name="room-panel"),
    path("operations/<slug:slug>/room/hours/file/<str:kind>", room_file, name="room-file"),
    path("operations/<slug:slug>/room/key/", room_key, name="room-key"),
    path("operations/<slug:slug>/review/", queue_page, name="queue"),
    path("operations/<slug:slug>/review/next/", queue_next, name="queue-next"),
    path("operations/<slug:slug>/review/undo/", queue_undo, name="queue-undo"),
    path("operations/<slug:slug>/review/leave/", queue_leave, name="queue-leave"),
    path("operations/<slug:slug>/review/<int:episode>/", queue_item, name="queue-item"),
    path("operations/<slug:slug>/review/<int:episode>/decide/", queue_decide, name="queue-decide"),
    path("operations/<slug:slug>/review/<int:episode>/translation/", queue_translation, name="queue-translation"),
    path("operations/<slug:slug>/review/<int:episode>/ask/", queue_ask, name="queue-ask"),
    path("operations/<slug:slug>/review/<int:episode>/fields/", queue_fields, name="queue-fields"),
    path("operations/<slug:slug>/signing/complete/", signing_complete, name="signing-complete"),
    path("operations/<slug:slug>/signing/", signing_page, name="signing"),
    path("operations/<slug:slug>/signing/take/", signing_take, name="signing-take"),
    path("operations/<slug:slug>/signing/sign/", signing_sign, name="signing-sign"),
    path("pictures/<int:episode>/<str:sha256>.jpg", picture, name="picture"),
    path("pictures/<int:episode>/<str:sha256>/text/", picture_text, name="picture-text"),
    path("pictures/<int:episode>/<str:sha256>/text/translation/", picture_translation, name="picture-translation"),
    path("items/<int:pk>/stop/", item_stop, name="item-stop"),
    path("my-day/", care_page, name="care"),
    path("my-day/display/", care_display, name="care-display"),
    path("my-day/rest/", care_rest, name="care-rest"),
    path("exposure/", team_page, name="team"),
    path("closed/", closed_page, name="closed"),
    path("closed/<int:pk>/hand-over/", closed_hand_over, name="closed-hand-over"),
    path("operations/<slug:slug>/items/", item_list, name="items"),
    path("operations/<slug:slug>/items/file/<str:kind>", item_file, name="items-file"),
    path("operations/<slug:slug>/report/", report_page, name="report"),
    path("operations/<slug:slug>/report/raw/", report_raw, name="report-raw"),
    path("operations/<slug:slug>/report/files/<str:name>", report_file, name="report-file"),
    path("operations/<slug:slug>/network/", network_page, name="network"),
    path("operations/<slug:slug>/network/data.json", network_data, name="network-data"),
    path("operations/<slug:slug>/network/list/", network_list, name="network-list"),
    path("operations/<slug:slug>/network/item/<int:pk>/", network_item, name="network-item"),
    path("operations/<slug:slug>/network/layer/<str:name>/", network_layer, name="network-layer"),
    path("operations/<slug:slug>/network/what-if/", network_what_if, name="network-what-if"),
    path("operations/<slug:slug>/network/choose/", network_choose, name="network-choose"),
    path("operations/<slug:slug>/network/file/<str:name>/<str:kind>", network_file, name="network-file"),
    path("operations/<slug:slug>/network.graphml", network_graphml, name="network-graphml"),
    path("items/<int:pk>/", item_page_view, name="item"),
    *register_urls.urlpatterns,
]
