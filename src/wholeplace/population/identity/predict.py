"""Scoring the blocked pairs with Splink 5: each pair's match weight in bits."""

from __future__ import annotations

import logging
from typing import Any

import duckdb

from wholeplace.population.identity.model import Learnt, Model, splink_settings


def predict(
    engine: duckdb.DuckDBPyConnection,
    model: Model,
    learnt: Learnt,
    table: str,
    pairs: str,
    made: str,
    frequencies: str = "frequencies",
) -> None:
    """Make the table `made` of every pair and its weight.

    Args:
        table: the records, with the column `id`.
        pairs: `join_key_l`, `join_key_r` and `match_key`, as `block_pairs` makes it.
        frequencies: as `count_frequencies` makes it.
        made: its columns are `a` < `b`, `weight` in bits, `probability`, and `gamma_` and the
            name of each comparison.
    """
    from splink import DuckDBAPI, Linker  # slow to import

    logging.getLogger("splink").setLevel(logging.ERROR)
    api: Any = DuckDBAPI(connection=engine)
    linker = Linker(api.register(table), splink_settings(model, learnt), log_level=None)
    for column in model.frequencies:
        shares = api.register(_looked_up(engine, column, table, frequencies))
        linker.table_management.register_term_frequency_lookup(shares, column)
    blocked = api.table_to_splink_dataframe("__splink__blocked_id_pairs", pairs)
    scored = _scored(linker, blocked)
    levels = ", ".join(
        f"gamma_{made_of.name}::TINYINT AS gamma_{made_of.name}" for made_of in model.comparisons
    )
    engine.execute(
        f"CREATE OR REPLACE TABLE {made} AS SELECT id_l AS a, id_r AS b, match_weight AS weight, "
        f"match_probability AS probability, {levels} FROM {scored.physical_name}"
    )
    api.delete_tables_created_by_splink_from_db()
    for column in model.frequencies:
        engine.execute(f"DROP TABLE often_{column}")


def count_frequencies(
    engine: duckdb.DuckDBPyConnection, model: Model, table: str, made: str = "frequencies"
) -> None:
    """Make the table `made` of how often each value of a column is held.

    Its columns are `column`, `value` (as text) and `share` (of the records that have one), for
    every column whose values' own frequencies count.
    """
    engine.execute(
        f'CREATE OR REPLACE TABLE {made} ("column" VARCHAR, value VARCHAR, share DOUBLE)'
    )
    for column in model.frequencies:
        engine.execute(
            f"INSERT INTO {made} SELECT '{column}', {column}::VARCHAR, count(*)::DOUBLE / "
            f"(SELECT count({column}) FROM {table}) FROM {table} WHERE {column} IS NOT NULL "
            f"GROUP BY {column} ORDER BY 2"
        )


def _looked_up(engine: duckdb.DuckDBPyConnection, column: str, table: str, frequencies: str) -> str:
    """A table of how often each value of a column is held, as Splink reads it; returns its name."""
    engine.execute(
        f"CREATE OR REPLACE TEMP TABLE often_{column} AS SELECT {column}, "
        f"{share_sql(f'held.{column}', column, frequencies)} AS tf_{column} FROM "
        f"(SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL) AS held"
    )
    return f"often_{column}"


def share_sql(value: str, column: str, frequencies: str = "frequencies") -> str:
    """How often a value of a column is held, in SQL: NULL where the value is.

    One that was not there when they were counted counts as the rarest that was.
    """
    of_column = f"{frequencies} AS often WHERE often.\"column\" = '{column}'"
    return (
        f"CASE WHEN {value} IS NOT NULL THEN coalesce("
        f"(SELECT share FROM {of_column} AND often.value = {value}::VARCHAR), "
        f"(SELECT min(share) FROM {of_column})) END"
    )


def _scored(linker: Any, blocked: Any) -> Any:
    """Splink's own prediction over these pairs, with each comparison's level beside the weight.

    `linker.inference.predict` gives the levels only together with every column compared, twice
    over; the queries that it is made of can be asked for the levels alone, as training asks.
    """
    from splink.internals import comparison_vector_values as vectors
    from splink.internals.pipeline import CTEPipeline
    from splink.internals.predict import predict_from_comparison_vectors_sqls
    from splink.internals.vertically_concatenate import enqueue_df_concat_with_tf

    held = linker._settings_obj
    ids = held.column_info_settings
    pipeline = CTEPipeline([blocked])
    enqueue_df_concat_with_tf(linker, pipeline)
    pipeline.enqueue_list_of_sqls(
        vectors.compute_comparison_vector_values_from_id_pairs_sqls(
            held._columns_to_select_for_blocking,
            held._columns_to_select_for_comparison_vector_values,
            "__splink__df_concat_with_tf",
            "__splink__df_concat_with_tf",
            ids.source_dataset_input_column,
            ids.unique_id_input_column,
        )
    )
    pipeline.enqueue_list_of_sqls(
        predict_from_comparison_vectors_sqls(
            ids.unique_id_input_columns,
            held.core_model_settings,
            linker._db_api.sql_dialect,
            training_mode=True,
        )
    )
    return linker._db_api.sql_pipeline_to_splink_dataframe(pipeline)
