"""A fund as one bar: paid, promised, free; what is promised is striped, what is free is empty."""

from __future__ import annotations

from django.utils.safestring import SafeString

from wholeplace.web.charts import svg
from wholeplace.web.look.model import Budget, Column, Figure
from wholeplace.web.look.words import pounds


def budget_bar(budget: Budget, *, id: str = "budget") -> SafeString:
    """The bar of a fund, in shares of its limit.

    Raises:
        ValueError: more is paid and promised than the limit, which the ledger forbids
            (brief 05, rule 6), or a sum is below nought: such a bar would mislead.
    """
    if min(budget.paid_pence, budget.committed_pence, budget.free_pence) < 0:
        raise ValueError("A fund's bar shows sums of nought or more within its limit.")
    whole = budget.limit_pence or 1
    paid = 100 * budget.paid_pence / whole
    promised = 100 * budget.committed_pence / whole
    parts = [
        svg.element("defs", svg.stripes(f"{id}-stripes", "#1d70b8", "#d2e2f1")),
        _part("0", paid, "#1d70b8", "paid"),
        _part(svg.percent(paid), promised, f"url(#{id}-stripes)", "promised"),
        _frame(),
    ]
    return svg.picture(
        id,
        budget.name,
        summary(budget),
        parts,
        class_="wp-chart wp-chart--bar",
        width="100%",
        height=40,
    )


def _frame() -> str:
    return svg.element(
        "rect",
        x=0,
        y=1,
        width="100%",
        height=38,
        fill="none",
        stroke=svg.INK,
        stroke_width=2,
        class_="wp-chart__frame",
    )


def _part(x: str, width: float, fill: str, name: str) -> str:
    if width <= 0:
        return ""
    return svg.element(
        "rect",
        x=x,
        y=1,
        width=svg.percent(width),
        height=38,
        fill=fill,
        class_=f"wp-chart__part wp-chart__part--{name}",
    )


def summary(budget: Budget) -> str:
    """The bar as a sentence."""
    return (
        f"Of {pounds(budget.limit_pence)}, {pounds(budget.paid_pence)} is paid, "
        f"{pounds(budget.committed_pence)} is promised and {pounds(budget.free_pence)} is free."
    )


def budget_figure(budget: Budget, *, id: str = "budget") -> Figure:
    """The bar with its sums as a table, which is also its key."""
    return Figure(
        id=f"{id}-figure",
        title=budget.name,
        summary=summary(budget),
        svg=budget_bar(budget, id=id),
        columns=(Column("Part", heading=True), Column("Amount", numeric=True)),
        rows=[
            (key("paid", "Paid"), pounds(budget.paid_pence)),
            (key("promised", "Promised, not yet paid"), pounds(budget.committed_pence)),
            (key("free", "Free"), pounds(budget.free_pence)),
            ("Whole fund", pounds(budget.limit_pence)),
        ],
    )


def key(name: str, words: str) -> SafeString:
    """A part's sample beside its words."""
    fill = {"paid": "#1d70b8", "promised": "#d2e2f1", "free": "none"}[name]
    sample = svg.element(
        "rect",
        x=1,
        y=1,
        width=18,
        height=14,
        fill=fill,
        stroke=svg.INK,
        class_=f"wp-chart__key wp-chart__key--{name}",
    )
    if name == "promised":
        lines = "".join(
            svg.element("path", d=path, stroke="#1d70b8", stroke_width=3)
            for path in ("M3 15 15 1", "M10 15 19 4", "M1 10 8 1")
        )
        sample += lines
    box = f'<svg width="20" height="16" aria-hidden="true" class="wp-key">{sample}</svg>'
    return SafeString(f"{box} {svg.escape(words)}")
