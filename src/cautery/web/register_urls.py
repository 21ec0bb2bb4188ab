"""Addresses of the register: its lists, what stands on a page of its own, and acts on many items."""

from __future__ import annotations

from django.urls import path

from cautery.web.views.bulk import bulk_do, bulk_export, bulk_preview
from cautery.web.views.desks import (
    custody_of_item,
    mail,
    mail_settled,
    override_pass,
    proof,
    redress,
    redress_record,
    threat_seen,
)
from cautery.web.views.lists import bank_file, bank_page, listing_file, listing_page
from cautery.web.views.outlets import domain, outlet, provider_page
from cautery.web.views.register import register, register_file, view_forget, view_save

urlpatterns = [
    path("register/", register, name="register"),
    path("register/file/<str:kind>", register_file, name="register-file"),
    path("register/views/save/", view_save, name="view-save"),
    path("register/views/<int:pk>/forget/", view_forget, name="view-forget"),
    path("register/acts/preview/", bulk_preview, name="bulk-preview"),
    path("register/acts/do/", bulk_do, name="bulk-do"),
    path("register/acts/export/<str:kind>", bulk_export, name="bulk-export"),
    path("lists/<str:name>/", listing_page, name="listing"),
    path("lists/<str:name>/file/<str:kind>", listing_file, name="listing-file"),
    path("bank/", bank_page, name="bank"),
    path("bank/file/<str:kind>", bank_file, name="bank-file"),
    path("providers/<slug:slug>/", provider_page, name="provider"),
    path("outlets/<str:provider>/<path:name>/", outlet, name="outlet"),
    path("domains/<str:name>/", domain, name="domain"),
    path("redress/<str:reference>/", redress, name="redress"),
    path("redress/<str:reference>/record/", redress_record, name="redress-record"),
    path("threats/<int:pk>/seen/", threat_seen, name="threat-seen"),
    path("mail/<int:pk>/", mail, name="mail"),
    path("mail/<int:pk>/settled/", mail_settled, name="mail-settled"),
    path("held-back/<int:pk>/override/", override_pass, name="override"),
    path("items/<int:pk>/custody/", custody_of_item, name="custody"),
    path("custody/<int:pk>/proof.json", proof, name="proof"),
]
