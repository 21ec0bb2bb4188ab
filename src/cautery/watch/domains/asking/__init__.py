"""Asks about domains: registries, WHOIS servers, the DNS, the site's certificate, the networks it answers from.

Connections are opened through the guard (fetch); the resolver alone is the operator's own choice and may stand inside.
"""
