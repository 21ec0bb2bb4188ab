"""Scripted officers who speak to the platform's API: flags, reviews, signatures, holds, keys."""

from __future__ import annotations

from cautery.exercise.people.client import PlatformClient, PlatformGone, PlatformRefused
from cautery.exercise.people.officers import observer
from cautery.exercise.people.people import FlagRow, People
from cautery.exercise.people.timetable import PeopleEvent, Plan

__all__ = ["FlagRow", "People", "PeopleEvent", "Plan", "PlatformClient", "PlatformGone", "PlatformRefused", "observer"]
