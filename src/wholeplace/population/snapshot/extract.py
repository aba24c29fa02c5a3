"""A snapshot straight from a benefits extract: for benchmarks and tests without PostgreSQL.

The store of record does more (checks, versions, matching); here a resident's number is their
row in the file, every row is taken as it stands, and all of it was recorded when it was read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from wholeplace.population.engines.duckdb import EngineSettings
from wholeplace.population.engines.duckdb.quoting import text_literal
from wholeplace.population.geography import Geography
from wholeplace.population.snapshot.filling import copy_table
from wholeplace.population.snapshot.islands import Grouping
from wholeplace.population.snapshot.open import Snapshot
from wholeplace.population.snapshot.tables import PUBLISHED, SOURCE_TABLES
from wholeplace.population.snapshot.write import fill_snapshot, since

AGENCIES = {
    "persons": ("council-benefits",),
    "residences": ("council-benefits",),
    "benefit_spells": ("council-benefits",),
    "jobs": ("council-benefits",),
    "accounts": ("council-benefits",),
    "indicators": (PUBLISHED,),
}
"""One agency sends the whole extract; figures about areas are published."""

_FILES = (
    "residents",
    "addresses",
    "households",
    "household_members",
    "benefit_spells",
    "jobs",
    "accounts",
)


def snapshot_from_extract(
    folder: Path,
    geography: Geography,
    out: Path,
    *,
    groupings: Sequence[Grouping] = (),
    settings: EngineSettings = EngineSettings(),
) -> Snapshot:
    """Make a snapshot at `out` from the CSV files that `city make` writes.

    Args:
        folder: holds residents.csv, addresses.csv and the others of the benefits extract.
        geography: gives each small area's ward and the published figures.
        groupings: the spells to merge.

    Raises:
        SnapshotRefused: a file is missing or its values do not fit.
    """

    now = datetime.now(UTC)

    def fill(engine: duckdb.DuckDBPyConnection, target: Path) -> None:
        for name in _FILES:
            file = text_literal(str(folder.resolve() / f"{name}.csv"))
            rows = f"read_csv({file}, header = true, all_varchar = true, nullstr = '')"
            engine.execute(f"CREATE VIEW {name} AS SELECT * FROM {rows}")
        engine.execute(_NUMBERS)
        engine.register("wards", _wards(geography))
        engine.register("figures", _figures(geography))
        for table in SOURCE_TABLES:
            rows = _SELECTS[table.name]
            copy_table(engine, table, since(now, rows) if table.history else rows, target)

    return fill_snapshot(
        fill,
        out,
        known_at=now,
        agencies=AGENCIES,
        groupings=groupings,
        settings=settings,
        reads=(folder,),
    )


def _wards(geography: Geography) -> pa.Table:
    parents = geography.main_parent("ward")
    areas = [code for code in geography.codes("lsoa") if code in parents]
    return pa.table({"lsoa_code": areas, "ward_code": [parents[code] for code in areas]})


def _figures(geography: Geography) -> pa.Table:
    rows = geography.indicators
    return pa.table(
        {
            "area_code": pa.array([row.area_code for row in rows], pa.string()),
            "indicator": pa.array([row.indicator for row in rows], pa.string()),
            "value": pa.array([row.value for row in rows], pa.float64()),
            "from_date": pa.array([row.from_date for row in rows], pa.date32()),
            "to_date": pa.array([row.to_date for row in rows], pa.date32()),
        }
    )


_NUMBERS = """
CREATE TEMP TABLE numbers AS
    SELECT person_key, row_number() OVER () AS person_id FROM residents;
CREATE TEMP TABLE homes AS
    SELECT household_key, row_number() OVER () AS household_id, uprn, tenure,
        from_date::DATE AS from_date, to_date::DATE AS to_date FROM households;
CREATE TEMP TABLE lived AS
    SELECT person_id, household_id, homes.uprn, role, tenure,
        CASE WHEN m.from_date IS NOT NULL AND homes.from_date IS NOT NULL
            THEN greatest(m.from_date::DATE, homes.from_date) END AS from_date,
        least(m.to_date::DATE, homes.to_date) AS to_date
    FROM household_members AS m JOIN numbers USING (person_key) JOIN homes USING (household_key)
"""

_PENCE = "CAST(CAST({} AS DECIMAL(14,2)) * 100 AS BIGINT)"

_SELECTS = {
    "persons": """
        SELECT person_id, person_key AS ref, date_of_birth, date_of_death AS died_on,
            do_not_contact = 'Y' AS do_not_contact, unsafe_address = 'Y' AS unsafe_address
        FROM residents JOIN numbers USING (person_key)""",
    "residences": """
        SELECT person_id, household_id, uprn, lsoa_code, ward_code, role, tenure, from_date, to_date
        FROM lived JOIN addresses USING (uprn) LEFT JOIN wards USING (lsoa_code)
        WHERE to_date IS NULL OR from_date IS NULL OR from_date <= to_date""",
    "benefit_spells": f"""
        SELECT person_id, benefit, start_date, end_date,
            {_PENCE.format("weekly_amount")} AS weekly_pence,
            housing_costs = 'Y' AS housing_costs
        FROM benefit_spells JOIN numbers USING (person_key)""",
    "jobs": """
        SELECT person_id, employer, start_date, end_date, expected_weeks, hours_a_week,
            reported_on
        FROM jobs JOIN numbers USING (person_key)""",
    "accounts": f"""
        SELECT DISTINCT person_id, household_id, kind,
            {_PENCE.format("weekly_charge")} AS weekly_charge_pence,
            {_PENCE.format("weekly_help")} AS weekly_help_pence,
            {_PENCE.format("arrears")} AS arrears_pence, as_at_date
        FROM accounts JOIN homes USING (household_key) JOIN lived USING (household_id)
        WHERE role IN ('claimant', 'partner')""",
    "indicators": "SELECT * FROM figures",
}
