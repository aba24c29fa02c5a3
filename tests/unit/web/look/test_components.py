"""Components and pictures say the same thing in every state, and nothing inline gets in."""

from __future__ import annotations

import re
from datetime import date
from xml.etree import ElementTree

import pytest
from django.core.paginator import Paginator
from django.http import QueryDict
from django.template import Context, Engine
from look_gallery import samples

from wholeplace.web.charts import areas, bars, boundaries, budget, classes, columns, hexagons, lines
from wholeplace.web.look import lists
from wholeplace.web.look.model import (
    Budget,
    Column,
    Criterion,
    Fact,
    Figure,
    Link,
    TimelineItem,
    Why,
)

ENGINE = Engine(
    app_dirs=True,
    libraries={"look": "wholeplace.web.templatetags.look"},
    builtins=["django.template.defaulttags", "wholeplace.web.templatetags.look"],
)
LIMIT = "1–5"


def draw(source: str, **context: object) -> str:
    return ENGINE.from_string(source).render(Context(context))


def test_a_table_needs_a_cell_for_every_column() -> None:
    with pytest.raises(ValueError, match="zip"):
        draw("{% table 'T' columns rows %}", columns=samples.COLUMNS, rows=[("one",)])


def test_an_empty_cell_says_that_it_is_not_known() -> None:
    html = draw("{% table 'T' columns rows %}", columns=(Column("A"), Column("B")), rows=[("", 0)])
    assert "Not known" in html
    assert ">0</td>" in html


def test_an_empty_table_says_so_and_keeps_its_head() -> None:
    html = draw("{% table 'T' columns rows empty='Nobody yet.' %}", columns=(Column("A"),), rows=())
    assert "Nobody yet." in html and 'scope="col"' in html


def test_a_table_escapes_cells_and_headings() -> None:
    html = draw("{% table t columns rows %}", t="<i>", columns=(Column("<b>"),), rows=[("<u>",)])
    assert not re.search(r"<(i|b|u)>", html)


def test_pages_keep_the_rest_of_the_query() -> None:
    page = Paginator(range(95), 10).page(2)
    parts = lists.pagination_parts(page, QueryDict("ward=E05&page=2&answer=yes"), "page")
    assert parts["next"] == "?ward=E05&page=3&answer=yes"
    assert parts["previous"] == "?ward=E05&page=1&answer=yes"
    assert (parts["first"], parts["last"], parts["total"]) == (11, 20, 95)


def test_a_single_page_has_no_links() -> None:
    assert "<nav" not in draw("{% pagination page %}", page=Paginator([], 10).page(1))


def test_a_timeline_keeps_white_space_between_title_and_byline() -> None:
    html = draw("{% timeline items %}", items=[TimelineItem("Paid", date(2026, 6, 1), "Amina")])
    assert re.search(r"</h3>\s+<p class=\"moj-timeline__byline\">by Amina", html)


def test_why_counts_what_is_met_and_what_is_not() -> None:
    parts = lists.why_parts(samples.WHY_UNKNOWN)
    assert parts["tally"] == "6 tests: 2 met, 1 not met, 2 not known yet, 1 not needed."
    assert parts["headline"].startswith("Possibly")


def test_why_shows_facts_with_source_and_age_and_the_day_time_alone_would_change_it() -> None:
    html = draw("{% why answer %}", answer=samples.WHY_UNKNOWN)
    assert "Claimants in Alum Rock: 27.3%" in html
    assert "(from published claimant counts, 1 May 2026, 4 weeks old)" in html
    assert "assumed by the scheme, not held" in html
    assert re.search(r'becomes yes on <time datetime="2026-06-08">8 June 2026', html)
    assert "We need to ask: How long is the job expected to last?" in html


def test_a_protected_fact_is_not_asked_of_the_resident() -> None:
    html = draw("{% why a %}", a=Why("unknown", (Criterion("X", "protected", question="Ask Y."),)))
    assert "We need to ask" not in html and "Ask Y." in html


def test_an_answer_nobody_defined_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        lists.why_parts(Why("yes", (Criterion("X", "perhaps"),)))


def test_a_facts_words_are_escaped() -> None:
    line = lists.fact_line(Fact("<b>", "<i>", source="<u>"))
    assert not re.search(r"<(b|i|u)>", line)


def test_a_fact_comes_from_its_source_or_says_how_it_was_found() -> None:
    assert "(from rent books)" in lists.fact_line(Fact("Rent", "£92.00", source="rent books"))
    for how in ("worked out from rent", "not worked out: rent not known", "it cannot be right"):
        assert f"({how})" in lists.fact_line(Fact("Left", "£9.00", source=how))
    whole = Fact("Left", "£9.00", source="-", came_from=(Fact("Rent", "£92.00"),))
    assert "(worked out; Rent: £92.00)" in lists.fact_line(whole)


def test_no_errors_make_no_summary() -> None:
    assert draw("{% error_summary %}").strip() == ""
    html = draw("{% error_summary errors=e %}", e=[Link("Wrong", "#x")])
    assert '<a href="#x">Wrong</a>' in html


def test_a_fund_is_drawn_in_shares_of_its_limit() -> None:
    drawn = budget.budget_bar(Budget("F", 200, 50, 100))
    assert re.search(r'width="25%"[^>]*wp-chart__part--paid', drawn)
    assert re.search(r'x="25%"[^>]*width="50%"', drawn)
    assert "£0.50 is free" in drawn


@pytest.mark.parametrize("fund", [Budget("F", 100, 90, 20), Budget("F", 100, -1, 0)])
def test_a_fund_that_cannot_be_is_not_drawn(fund: Budget) -> None:
    with pytest.raises(ValueError, match="within its limit"):
        budget.budget_bar(fund)


def test_a_fund_of_nothing_is_an_empty_bar() -> None:
    assert "wp-chart__part" not in budget.budget_bar(Budget("F", 0, 0, 0))


def figures() -> list[Figure]:
    return [
        bars.bar_figure(samples.BARS),
        bars.bar_figure(bars.BarChart("none", "None", "", ())),
        lines.line_figure(samples.LINES),
        lines.line_figure(lines.LineChart("one", "One", "", ("Jan",), (lines.Line("A", (None,)),))),
        columns.column_figure(samples.WEEKLY),
        columns.column_figure(columns.ColumnChart("none", "None", "", (), ())),
        hexagons.hexagon_figure(samples.WORDS, samples.hexagons()),
        hexagons.hexagon_figure(samples.WORDS, []),
        boundaries.boundary_figure(samples.WORDS, samples.shapes()),
        boundaries.boundary_figure(samples.WORDS, []),
        budget.budget_figure(samples.FULL),
    ]


@pytest.mark.parametrize("place", range(11))
def test_every_picture_is_xml_with_a_name_and_nothing_inline(place: int) -> None:
    drawn = figures()[place].svg
    root = ElementTree.fromstring(drawn)
    assert root[0].tag.endswith("title") and root[0].text
    assert root.get("aria-labelledby", "").split()[0] == root[0].get("id")
    assert "<style" not in drawn and "<script" not in drawn and " style=" not in drawn


@pytest.mark.parametrize("place", range(11))
def test_a_picture_with_links_is_a_group_and_one_without_is_an_image(place: int) -> None:
    drawn = figures()[place].svg
    role = ElementTree.fromstring(drawn).get("role")
    assert role == ("group" if "<a " in drawn else "img")


def test_text_in_a_picture_is_never_below_twelve() -> None:
    for figure in figures():
        sizes = [float(size) for size in re.findall(r'font-size="([\d.]+)"', figure.svg)]
        assert min(sizes, default=16) >= 12


def test_columns_are_as_tall_as_their_share_and_each_has_its_row() -> None:
    chart = columns.ColumnChart("c", "C", "", ("A", "B", "C"), (0, 50, 100), names=("x", "y", "z"))
    figure = columns.column_figure(chart)
    heights = [float(tall) for tall in re.findall(r'<rect[^>]* height="([\d.]+)"', figure.svg)]
    assert len(heights) == 2 and heights[1] == pytest.approx(2 * heights[0])
    assert "<title>y: 50</title>" in figure.svg
    assert list(figure.rows) == [("x", "0"), ("y", "50"), ("z", "100")]


def test_columns_of_whole_numbers_have_a_whole_middle_and_short_names_all_stand() -> None:
    points = tuple(str(number) for number in range(1, 11))
    drawn = columns.column_chart(columns.ColumnChart("c", "C", "", points, (5,) * 10, whole=True))
    words = re.findall(r"<text[^>]*>([^<]*)</text>", drawn)
    assert words == ["0", "3", "6", *points]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([0, 0, 0], ["None", "1 or more"]),
        ([0, 1, 1, 2], ["None", "1", "2 or more"]),
        ([0, 1, 2, 5, 9, None], ["None", "1", "2 to 4", "5 to 8", "9 or more"]),
        ([3, 3], ["None", "1 or more"]),
    ],
)
def test_counts_keep_nobody_apart(values: list[float | None], said: list[str]) -> None:
    made = classes.counts(values)
    assert made.words(lambda value: f"{value:.0f}") == said
    assert [made.of(value) == 0 for value in values if value is not None] == [
        value == 0 for value in values if value is not None
    ]


@pytest.mark.parametrize("values", [(1.0,), (1.0, -1.0)])
def test_columns_that_cannot_be_are_not_drawn(values: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match=r"one value|nought or more"):
        columns.column_chart(columns.ColumnChart("c", "C", "", ("A", "B"), values))


def test_every_area_is_in_the_table_and_on_the_map() -> None:
    made = samples.hexagons()
    figure = hexagons.hexagon_figure(samples.WORDS, made)
    assert figure.svg.count("<polygon") == len(made) == len(list(figure.rows))
    assert figure.svg.count("<title>") == len(made)
    assert "1–5 people" in figure.svg


def test_a_suppressed_figure_is_not_given_away() -> None:
    hidden = hexagons.Hexagon("A", "Aston", 0, 0, None, shown=LIMIT)
    figure = hexagons.hexagon_figure(samples.WORDS, [hidden])
    assert "Aston: 1–5" in figure.svg
    assert next(iter(figure.rows))[1] == LIMIT


def test_two_wards_on_one_place_are_refused() -> None:
    one = hexagons.Hexagon("A", "Aston", 0, 0, 1.0)
    two = hexagons.Hexagon("B", "Bournbrook", 0, 0, 2.0)
    with pytest.raises(ValueError, match="one place"):
        hexagons.hexagon_map(samples.WORDS, [one, two])


def test_neighbouring_hexagons_touch_and_do_not_overlap() -> None:
    spots = [
        hexagons._centre(hexagons.Hexagon(str(n), "", q, r, 1.0))
        for n, (q, r) in enumerate([(0, 0), (1, 0), (0, 1), (-1, 1)])
    ]
    apart = [((x - spots[0][0]) ** 2 + (y - spots[0][1]) ** 2) ** 0.5 for x, y in spots[1:]]
    assert apart == pytest.approx([hexagons.WIDE] * 3)


def test_classes_hold_about_as_many_each_and_breaks_open_the_upper_one() -> None:
    made = classes.equal_counts([float(n) for n in range(100)])
    assert made.breaks == (20, 40, 60, 80)
    assert [made.of(value) for value in (0, 19.9, 20, 99, None)] == [0, 0, 1, 4, -1]
    assert made.words("{:.0f}".format) == [
        "Under 20",
        "20 to under 40",
        "40 to under 60",
        "60 to under 80",
        "80 or more",
    ]


def test_classes_of_one_figure_and_of_none() -> None:
    assert classes.equal_counts([3.0, 3.0, 3.0]).breaks == ()
    assert classes.equal_counts([None]).of(None) == classes.NO_FIGURE


def test_few_classes_spread_over_the_whole_ramp() -> None:
    assert [areas.shade_of(group, 2) for group in range(2)] == [0, 4]
    assert [areas.shade_of(group, 5) for group in range(5)] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("most", "top"), [(0, 1), (0.3, 0.5), (1, 1), (7, 10), (21, 25), (702000, 1000000)]
)
def test_scales_end_on_a_round_figure(most: float, top: float) -> None:
    assert lines.nice_top(most) == pytest.approx(top)


def test_a_gap_in_a_line_is_a_gap() -> None:
    drawn = lines.line_chart(
        lines.LineChart("g", "G", "", ("a", "b", "c"), (lines.Line("A", (1, None, 2)),))
    )
    assert "<polyline" not in drawn and drawn.count("<circle") == 2


def test_bars_below_nought_and_uneven_lines_are_refused() -> None:
    with pytest.raises(ValueError, match="nought"):
        bars.bar_chart(bars.BarChart("b", "B", "", (bars.Bar("x", -1, "-1"),)))
    with pytest.raises(ValueError, match="each point"):
        lines.line_chart(lines.LineChart("l", "L", "", ("a", "b"), (lines.Line("A", (1,)),)))


def test_rings_come_from_polygons_and_nothing_else() -> None:
    square = [[[0, 0], [1, 0], [1, 1], [0, 0]]]
    assert len(boundaries.rings_of({"type": "Polygon", "coordinates": square})) == 1
    assert len(boundaries.rings_of({"type": "MultiPolygon", "coordinates": [square, square]})) == 2
    with pytest.raises(ValueError, match="Point"):
        boundaries.rings_of({"type": "Point", "coordinates": [0, 0]})


def test_north_is_up_and_a_degree_east_is_shorter() -> None:
    place, height = boundaries._projection([(-2.0, 52.0), (-1.0, 53.0)])
    assert place((-2.0, 53.0)) == (boundaries.EDGE, boundaries.EDGE)
    assert place((-1.0, 52.0))[0] == boundaries.WIDTH - boundaries.EDGE
    assert height > boundaries.WIDTH * 1.5
