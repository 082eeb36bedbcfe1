"""Trains, evaluates and exports pebble, the small text-to-video model that ships with Galatea."""
