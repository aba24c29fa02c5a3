"""The JSON API: the same queries and actions as the pages, under the same row security."""
