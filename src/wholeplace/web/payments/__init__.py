"""Payments: due, released by somebody who did not decide, once each."""
