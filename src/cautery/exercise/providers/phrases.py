"""What a page says instead of its content, in the six languages of the specimens."""

from __future__ import annotations

REMOVED = {
    "ar": "تمت إزالة هذا المحتوى لأنه يخالف قواعدنا بشأن المحتوى الإرهابي.",
    "de": "Dieser Inhalt wurde entfernt, weil er gegen unsere Regeln zu terroristischen Inhalten verstößt.",
    "en": "This content was removed because it breaks our rules on terrorist content.",
    "es": "Este contenido se ha eliminado porque infringe nuestras normas sobre contenidos terroristas.",
    "fr": "Ce contenu a été supprimé car il enfreint nos règles sur les contenus à caractère terroriste.",
    "ru": "Этот материал удалён, так как он нарушает наши правила о террористическом контенте.",
}
LEGAL = {
    "ar": "تمت إزالة هذا المحتوى لأسباب قانونية بعد إشعار من سلطة عامة بشأن محتوى إرهابي.",
    "de": "Dieser Inhalt wurde nach Hinweis einer Behörde auf terroristische Inhalte aus Rechtsgründen entfernt.",
    "en": "This content has been removed for legal reasons, after an authority's notice about terrorist content.",
    "es": "Contenido retirado por motivos legales, tras el aviso de una autoridad sobre contenidos terroristas.",
    "fr": "Contenu retiré pour des raisons légales, après le signalement par une autorité d'un contenu terroriste.",
    "ru": "Материал удалён по правовым основаниям: уведомление органа власти о террористическом контенте.",
}
UNAVAILABLE = {
    "ar": "لم يعد هذا المحتوى متاحًا.",
    "de": "Dieser Inhalt ist nicht mehr verfügbar.",
    "en": "This content is no longer available.",
    "es": "Este contenido ya no está disponible.",
    "fr": "Ce contenu n'est plus disponible.",
    "ru": "Этот материал больше недоступен.",
}
BY_AUTHOR = {
    "ar": "تم حذف هذا المحتوى من قبل صاحبه.",
    "de": "Dieser Inhalt wurde von seinem Verfasser gelöscht.",
    "en": "This content was deleted by its author.",
    "es": "Este contenido ha sido eliminado por su autor.",
    "fr": "Ce contenu a été supprimé par son auteur.",
    "ru": "Этот материал удалён его автором.",
}
NOT_HERE = {
    "ar": "هذه الصفحة غير متاحة في بلدك.",
    "de": "Diese Seite ist in Ihrem Land nicht verfügbar.",
    "en": "This page is not available in your country.",
    "es": "Esta página no está disponible en su país.",
    "fr": "Cette page n'est pas disponible dans votre pays.",
    "ru": "Эта страница недоступна в вашей стране.",
}
MOVED = {
    "ar": "عنواننا الجديد",
    "de": "Unsere neue Adresse",
    "en": "Our new address",
    "es": "Nuestra nueva dirección",
    "fr": "Notre nouvelle adresse",
    "ru": "Наш новый адрес",
}
FORWARDED = {
    "ar": "أعيد توجيهه من",
    "de": "Weitergeleitet aus",
    "en": "Forwarded from",
    "es": "Reenviado de",
    "fr": "Transféré de",
    "ru": "Переслано из",
}
CONTACT = {
    "ar": "للتواصل",
    "de": "Kontakt",
    "en": "Contact",
    "es": "Contacto",
    "fr": "Contact",
    "ru": "Связь",
}
GONE = {
    "410_reason": (410, REMOVED),
    "404_reason": (404, REMOVED),
    "451_reason": (451, LEGAL),
    "451_geo": (451, NOT_HERE),
    "200_text": (200, UNAVAILABLE),
}
"""Status and words by the scenario's `gone_as`; "404_plain" and "login_redirect" say nothing."""

DELETED_AS = {"200_text": 200, "410_reason": 410}
"""Status of a page deleted by its author, where it is not 404."""
