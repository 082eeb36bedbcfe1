"""Trains, evaluates and exports pebble, the small text-to-video model that ships with Galatea."""

import os

# ONNX Runtime from 1.29 on reports to its makers unless it is told not to.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
