"""Places: areas and their parents in a boundary vintage, indicators, postcodes, outlines."""

from __future__ import annotations

from django.db import models


class Area(models.Model):
    """A place on a map: an LSOA (or a demonstration small area), ward, constituency, council."""

    code = models.CharField(max_length=20, unique=True, db_collation="C")
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    vintage = models.CharField(max_length=20)
    source = models.CharField(max_length=120)
    hex_q = models.SmallIntegerField(null=True)
    hex_r = models.SmallIntegerField(null=True)
    outline = models.JSONField(null=True)  # GeoJSON geometry, WGS84, where boundaries are loaded

    def __str__(self) -> str:
        return self.name


class AreaParent(models.Model):
    """That an area lies in another, and how much of its population does."""

    area = models.ForeignKey(Area, models.CASCADE, related_name="parents")
    parent = models.ForeignKey(Area, models.CASCADE, related_name="children")
    share = models.FloatField(default=1.0)  # 0 to 1, of the area's population

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area", "parent"], name="area_parent_once")]


class Indicator(models.Model):
    """A published figure of an area over a period."""

    area = models.ForeignKey(Area, models.CASCADE, related_name="indicators")
    name = models.CharField(max_length=60)
    value = models.FloatField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    source = models.CharField(max_length=160)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area", "name", "valid_from"], name="indicator_once")
        ]


class Postcode(models.Model):
    """Which small area a postcode lies in."""

    code = models.CharField(max_length=8, primary_key=True, db_collation="C")
    area = models.ForeignKey(Area, models.CASCADE)
