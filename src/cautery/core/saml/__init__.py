"""SAML 2.0 Web SSO, our side of it: what we ask, what we say of ourselves, and who the identity provider says signed in.

    xml         bytes -> a tree without DTD or entities
    metadata    the identity provider's description -> where to ask, and the keys that may sign
    request     the question (AuthnRequest, Redirect binding), and our own description
    signature   a response -> the assertion as it was signed, and nothing else of the document
    answer      that assertion -> who it is, once every condition holds

No network, no clock, no state: those are in `directory/people/saml.py`. Why the signature is checked here: docs/decisions/0093.
"""
