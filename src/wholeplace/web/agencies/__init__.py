"""Signing in and out, and choosing whom to act as."""
