"""The rules of transition payments in plain pandas, over the same Parquet, for comparison.

Written as somebody at ease with pandas would: vectorised, columns read as needed, one sort
order relied on where the files have it, pandas' own three-valued booleans.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

WEEK = 7


@dataclass(frozen=True)
class Found:
    """The list (by person) and, for each criterion, how many were yes, no and unknown."""

    people: pd.DataFrame
    counts: dict[str, tuple[int, int, int]]


class Trawl:
    """One day's trawl over the folder of a snapshot.

    With `early`, those whom the two criteria about jobs rule out are left out of the rest, as
    somebody who knows this scheme well would write it; the counts are then of those still in.
    """

    def __init__(self, folder: Path, as_at: date, *, early: bool = False) -> None:
        self._folder = folder
        self._early = early
        self._day = pd.Timestamp(as_at)
        self._persons = self._read(
            "persons", ["person_id", "ref", "died_on", "do_not_contact", "unsafe_address"]
        ).set_index("person_id")
        self._residences = self._read(
            "residences", ["person_id", "household_id", "lsoa_code", "from_date", "to_date"]
        )

    def _read(self, table: str, columns: list[str], **options: object) -> pd.DataFrame:
        read = pq.read_table(self._folder / f"{table}.parquet", columns=columns, **options)
        return read.to_pandas(date_as_object=False)

    def run(self) -> Found:
        """Ask every criterion of everybody and list those who are not out."""
        jobs = self._read("jobs", ["person_id", "start_date", "expected_weeks"])
        undated = jobs.loc[jobs.start_date.isna(), "person_id"].unique()
        begun = jobs[jobs.start_date <= self._day]
        newest = begun.drop_duplicates("person_id", keep="last").set_index("person_id")
        newest = newest.drop(undated, errors="ignore")
        started = newest.start_date.rename("day")
        recent = self._recent(begun, undated) >= 1
        lasting = self._everybody(newest.expected_weeks * WEEK) >= 5 * WEEK
        if self._early:
            started = self._keep((recent & lasting).fillna(True), started)
            recent, lasting = recent[self._persons.index], lasting[self._persons.index]
        criteria = {
            "job_started": recent,
            "priority_area": self._decile(started) <= 1,
            "on_benefit_26_weeks": self._time_on(started) >= 26 * WEEK,
            "job_expected_to_last": lasting,
            "rent_or_council_tax": self._owes(),
        }
        fits = pd.Series(True, index=self._persons.index, dtype="boolean")
        for answer in criteria.values():
            fits &= answer
        people = self._persons[fits.fillna(True)].copy()
        people["answer"] = fits[people.index].map({True: "yes"}).fillna("possible")
        for key, answer in criteria.items():
            people[key] = answer[people.index]
        return Found(people, {key: _counted(answer) for key, answer in criteria.items()})

    def _keep(self, still_in: pd.Series, started: pd.Series) -> pd.Series:
        """Forget everybody else; the start days of those who are left."""
        self._persons = self._persons[still_in]
        self._residences = self._residences[self._residences.person_id.isin(self._persons.index)]
        return started[started.index.isin(self._persons.index)]

    def _everybody(self, values: pd.Series) -> pd.Series:
        return values.reindex(self._persons.index).astype("Float64")

    def _recent(self, begun: pd.DataFrame, undated: object) -> pd.Series:
        recent = begun[begun.start_date > self._day - pd.Timedelta(days=91)]
        count = recent.groupby("person_id").size()
        everybody = count.reindex(self._persons.index, fill_value=0).astype("Int64")
        everybody.loc[undated] = pd.NA
        return everybody

    def _homes(self, days: pd.Series) -> tuple[pd.DataFrame, pd.Index]:
        """Residences on each person's day, and those whose residence may be another."""
        rows = self._residences.merge(days, left_on="person_id", right_index=True)
        rows = rows[~(rows.from_date > rows.day) & ~(rows.to_date < rows.day)]
        return rows, pd.Index(rows.loc[rows.from_date.isna(), "person_id"].unique())

    def _decile(self, started: pd.Series) -> pd.Series:
        rows, unsure = self._homes(started)
        rows = rows.drop_duplicates("person_id", keep="last")
        rows = rows[~rows.person_id.isin(unsure)]
        figures = self._read(
            "indicators",
            ["area_code", "value", "from_date", "to_date"],
            filters=[("indicator", "==", "imd_decile")],
        ).rename(columns={"from_date": "since", "to_date": "until"})
        told = rows.merge(figures, left_on="lsoa_code", right_on="area_code")
        told = told[~(told.since > told.day) & ~(told.until < told.day)]
        told = told.drop_duplicates("person_id", keep="last").set_index("person_id")
        return self._everybody(told.value.astype("float64"))

    def _time_on(self, started: pd.Series) -> pd.Series:
        islands = self._read(
            "islands",
            ["person_id", "start_date", "end_date", "stretch_start"],
            filters=[("grouping", "==", "qualifying_benefits")],
        ).merge(started, left_on="person_id", right_index=True)
        unsure = islands.loc[islands.start_date.isna(), "person_id"].unique()
        after = islands.end_date + pd.Timedelta(days=1)
        on = islands[(islands.stretch_start <= islands.day) & ~(after < islands.day)]
        until = on.day.where(after[on.index].isna(), after[on.index]).clip(upper=on.day)
        days = (until - on.start_date).dt.days.groupby(on.person_id).max()
        everybody = days.reindex(started.index, fill_value=0)
        everybody = everybody.drop(unsure, errors="ignore")
        return self._everybody(everybody)

    def _owes(self) -> pd.Series:
        today = pd.Series(self._day, index=self._persons.index, name="day")
        homes, unsure = self._homes(today)
        homes = homes[["person_id", "household_id"]].dropna().drop_duplicates()
        accounts = self._read(
            "accounts", ["person_id", "household_id", "kind", "weekly_charge_pence", "as_at_date"]
        )
        own = accounts[accounts.household_id.isna() & accounts.person_id.isin(self._persons.index)]
        accounts = pd.concat([accounts.merge(homes, on=["person_id", "household_id"]), own])
        accounts = accounts[~(accounts.as_at_date > self._day)]
        rent = self._charge(accounts[accounts.kind == "rent"], unsure)
        tax = self._charge(accounts[accounts.kind == "council_tax"], unsure)
        return (rent > 0) | (tax > 0)

    def _charge(self, accounts: pd.DataFrame, unsure: pd.Index) -> pd.Series:
        undated = accounts.loc[accounts.as_at_date.isna(), "person_id"].unique()
        newest = accounts.drop_duplicates(["person_id", "household_id"], keep="last")
        empty = newest.loc[newest.weekly_charge_pence.isna(), "person_id"].unique()
        total = newest.groupby("person_id").weekly_charge_pence.sum()
        total = total.drop([*undated, *empty, *unsure], errors="ignore")
        return self._everybody(total)


def _counted(answer: pd.Series) -> tuple[int, int, int]:
    unknown = int(answer.isna().sum())
    yes = int(answer.fillna(False).sum())
    return yes, len(answer) - yes - unknown, unknown
