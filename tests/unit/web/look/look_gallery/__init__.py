"""A gallery of every component in its states: served to the browser tests, drawn by the unit tests.

Run it by hand: `PYTHONPATH=src:tests/unit/web/look python -m look_gallery 8301`.
"""
