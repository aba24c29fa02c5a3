"""Places are public to everybody who acts; only a loader changes them."""

from django.db import migrations

from wholeplace.rooms.agencies.security import protect

LOADS = "(SELECT wp_can('places.load'))"


class Migration(migrations.Migration):
    dependencies = [("places", "0001_initial"), ("agencies", "0002_guards")]

    operations = [
        protect(table, select="true", insert=LOADS, update=LOADS, delete=LOADS)
        for table in ("places_area", "places_areaparent", "places_indicator", "places_postcode")
    ]
