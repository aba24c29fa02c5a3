"""Pointing out what nobody or everybody can meet."""
