"""What has changed of what linking reads: every version's number, keys and moments."""

from django.db import migrations

from wholeplace.rooms.agencies.security import app_role
from wholeplace.rooms.identity.version_sql import VERSIONS


class Migration(migrations.Migration):
    dependencies = [("identity", "0005_index")]

    operations = [
        migrations.RunSQL(
            [
                VERSIONS,
                f'REVOKE ALL ON identity_version FROM "{app_role()}"',
                f'GRANT SELECT ON identity_version TO "{app_role()}"',
            ],
            migrations.RunSQL.noop,
        ),
    ]
