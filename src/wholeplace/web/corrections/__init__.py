"""Requests to correct what an agency says of a person."""
