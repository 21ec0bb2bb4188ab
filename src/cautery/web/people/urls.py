"""Addresses of people: signing in, what is an officer's own, the first day of a register."""

from __future__ import annotations

from django.urls import path

from cautery.web.people import account, officers, oidc, saml, set_up, sharing, sign_in, welcome
from cautery.web.views.session import SignIn, SignOut

urlpatterns = [
    path("sign-in/", SignIn.as_view(), name="sign-in"),
    path("sign-in/second/", sign_in.second, name="second"),
    path("sign-in/passkey/ask/", sign_in.passkey_ask, name="passkey-ask"),
    path("sign-in/passkey/", sign_in.passkey_prove, name="passkey-prove"),
    path("sign-in/elsewhere/", oidc.go, name="oidc"),
    path("sign-in/elsewhere/back/", oidc.back, name="oidc-back"),
    path("sign-in/saml/", saml.go, name="saml"),
    path("sign-in/saml/back/", saml.back, name="saml-back"),
    path("sign-in/saml/consume/", saml.consume, name="saml-consume"),
    path("sign-in/saml/metadata/", saml.metadata, name="saml-metadata"),
    path("sign-out/", SignOut.as_view(), name="sign-out"),
    path("welcome/<str:secret>/", welcome.welcome, name="welcome"),
    path("me/", account.account, name="account"),
    path("me/confirm/", account.confirm, name="confirm"),
    path("me/log/", account.own_log, name="own-log"),
    path("me/password/", account.password, name="password"),
    path("me/code-app/", account.code_app, name="code-app"),
    path("me/code-app/begin/", account.code_app_begin, name="code-app-begin"),
    path("me/code-app/prove/", account.code_app_prove, name="code-app-prove"),
    path("me/code-app/forget/", account.code_app_forget, name="code-app-forget"),
    path("me/recovery-codes/", account.recovery_codes, name="recovery-codes"),
    path("me/passkeys/ask/", account.passkey_make_ask, name="passkey-make-ask"),
    path("me/passkeys/make/", account.passkey_make, name="passkey-make"),
    path("me/passkeys/<int:pk>/forget/", account.passkey_forget, name="passkey-forget"),
    path("me/identities/<int:pk>/forget/", account.identity_forget, name="identity-forget"),
    path("me/sessions/end/", account.sessions_end, name="sessions-end"),
    path("operations/<slug:slug>/sharing/", sharing.sharing_page, name="sharing"),
    path("operations/<slug:slug>/sharing/set/", sharing.sharing_set, name="sharing-set"),
    path("people/", officers.people_home, name="people"),
    path("people/add/", officers.officer_new, name="officer-new"),
    path("people/add/do/", officers.officer_add, name="officer-add"),
    path("people/<uuid:officer>/", officers.officer_page, name="officer"),
    path("people/<uuid:officer>/act/", officers.officer_act, name="officer-act"),
    path("people/roles/<int:pk>/settle/", officers.roles_settle, name="roles-settle"),
    path("people/tokens/<int:pk>/revoke/", officers.token_revoke, name="token-revoke"),
    path("units/add/", officers.unit_new, name="unit-new"),
    path("units/keep/", officers.unit_keep, name="unit-keep"),
    path("units/<slug:slug>/", officers.unit_page, name="unit"),
    path("set-up/", set_up.set_up, name="set-up"),
    path("set-up/rehearse/", set_up.rehearse, name="set-up-rehearse"),
    path("set-up/rehearsal/", set_up.rehearsal, name="set-up-rehearsal"),
    path("set-up/rehearsal/act/", set_up.rehearsal_act, name="set-up-rehearsal-act"),
    path("set-up/rehearsal/files/<str:name>", set_up.rehearsal_file, name="set-up-rehearsal-file"),
    path("set-up/<str:step>/", set_up.step, name="set-up-step"),
]
