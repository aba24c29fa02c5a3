"""Splink as its manual uses it, in a process of its own: no guards, no caps, nothing of ours.

`python splink_run.py PLAN` reads a JSON file: `tables` (a Parquet file a source), `settings`
(Splink's own), `prior` (`rules`, `recall`), `u` (`max_pairs`, `seed`), `em` (a blocking rule a
session), `thresholds`, and the Parquet files to write: `clusters`, with `{}` for the threshold,
and `edges`. It trains, predicts, joins by connected components, and prints a line of JSON:
seconds by stage as far as the clusters of the first threshold, how many comparisons, and the
CPU seconds and the largest memory in GiB by then. The edges and the other clusters come after.
"""

import json
import logging
import resource
import sys
import time
from pathlib import Path

import duckdb
from splink import DuckDBAPI, Linker
from splink.internals.exceptions import EMTrainingException


class Stages:
    """Seconds by stage, each counted from the end of the one before."""

    def __init__(self):
        self.seconds, self._last = {}, time.perf_counter()

    def done(self, stage):
        now = time.perf_counter()
        self.seconds[stage] = now - self._last
        self._last = now


def linker(plan, engine):
    """A linker over the plan's tables, each read into DuckDB under its source's name."""
    api, tables = DuckDBAPI(engine), []
    for number, (source, file) in enumerate(plan["tables"].items()):
        engine.execute(f"CREATE TABLE source_{number} AS FROM read_parquet('{file}')")
        tables.append(api.register(f"source_{number}", dataset_display_name=source))
    return Linker(tables if len(tables) > 1 else tables[0], plan["settings"], log_level=None)


def train(link, plan, stages):
    """The prior, u by sampling, m by a session of expectation maximisation a rule."""
    training = link.training
    training.estimate_probability_two_random_records_match(
        plan["prior"]["rules"], recall=plan["prior"]["recall"]
    )
    training.estimate_u_using_random_sampling(**plan["u"])
    stages.done("u")
    for rule in plan["em"]:
        try:
            training.estimate_parameters_using_expectation_maximisation(
                rule, estimate_without_term_frequencies=True
            )
        except EMTrainingException:  # a small city may have no pair to learn from
            continue
    stages.done("em")


def write(engine, query, file):
    """A query's rows as Parquet."""
    engine.execute(f"COPY ({query}) TO '{file}' (FORMAT parquet)").fetchall()


def clusters(engine, link, pairs, plan, threshold):
    """The clusters at a threshold, written."""
    joined = link.clustering.cluster_pairwise_predictions_at_threshold(
        pairs, threshold_match_probability=threshold
    )
    numbered = "dense_rank() OVER (ORDER BY cluster_id) AS cluster"
    query = f"SELECT {identifier(plan)} AS record_id, {numbered} FROM {joined.physical_name}"
    write(engine, query, plan["clusters"].format(threshold))


def identifier(plan):
    """The column that tells records apart."""
    return plan["settings"]["unique_id_column_name"]


def main():
    logging.disable(logging.CRITICAL)
    plan = json.loads(Path(sys.argv[1]).read_text())
    stages, engine = Stages(), duckdb.connect()
    link = linker(plan, engine)
    stages.done("read")
    train(link, plan, stages)
    pairs = link.inference.predict()
    stages.done("block and predict")
    first, *others = plan["thresholds"]
    clusters(engine, link, pairs, plan, first)
    stages.done("cluster")
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = {"peak": used.ru_maxrss / 2**20, "cpu": used.ru_utime + used.ru_stime}
    compared = engine.sql(f"SELECT count(*) FROM {pairs.physical_name}").fetchall()[0][0]
    print(json.dumps({"seconds": stages.seconds, "comparisons": compared, **spent}), flush=True)
    for threshold in others:
        clusters(engine, link, pairs, plan, threshold)
    write(
        engine,
        f"SELECT {identifier(plan)}_l AS a, {identifier(plan)}_r AS b, match_weight AS weight, "
        f"match_probability AS probability FROM {pairs.physical_name}",
        plan["edges"],
    )


if __name__ == "__main__":
    main()
