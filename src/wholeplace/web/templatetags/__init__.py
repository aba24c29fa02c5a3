"""Template tags of the pages: `{% load look %}`."""
