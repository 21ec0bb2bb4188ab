"""Cautery: referral operations against terrorist propaganda online, from the first flag to the measured effect."""

__version__ = "0.1.0"
