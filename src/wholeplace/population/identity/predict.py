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
) -> None:
    """Make the table `made` of every pair and its weight.

    Args:
        table: the records, with the column `id`.
        pairs: `join_key_l`, `join_key_r` and `match_key`, as `block_pairs` makes it.
        made: its columns are `a` < `b`, `weight` in bits, `probability`, and `gamma_` and the
            name of each comparison.
    """
    from splink import DuckDBAPI, Linker  # slow to import

    logging.getLogger("splink").setLevel(logging.ERROR)
    api: Any = DuckDBAPI(connection=engine)
    linker = Linker(api.register(table), splink_settings(model, learnt), log_level=None)
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
