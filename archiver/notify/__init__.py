"""Telling people: the words, and the roads they go: signed webhooks, Apprise, Atom feeds.

A notifier never raises for what the outside does, and what it says of a failure holds no secret.
"""
