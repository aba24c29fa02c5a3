"""Pictures drawn on the server as SVG: pure functions from small values to text.

No script and no style element is used, so a strict content policy holds. Colours are
presentation attributes, which the style sheet overrides for the dark and for print. Text
never shrinks: bars and lines are laid out in percentages around text of a fixed size, and
maps scroll in a box of their own on a narrow screen.
"""
