"""Wiring: settings, routes, embedded services and the commands that play the whole."""
