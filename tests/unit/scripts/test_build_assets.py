"""What is copied from the design systems, and what never is."""

from __future__ import annotations

from pathlib import Path

import pytest
from scripts.build_assets import GOVUK, MOJ, build, plain_style

ROOT = Path(__file__).resolve().parents[3]
CSS = (
    "@font-face{font-family:GDS Transport;src:url(/assets/fonts/a.woff2)}"
    '.a{font-family:GDS Transport,arial,sans-serif}.b{font-family:"GDS Transport", arial}'
    ".c{background:url(/assets/images/govuk-crest.svg)}.d{background:url(/assets/images/icon.svg)}"
    "/*# sourceMappingURL=a.css.map */"
)


def test_typeface_crest_rooted_addresses_and_source_map_go() -> None:
    assert plain_style(CSS) == (
        ".a{font-family:arial,sans-serif}.b{font-family:arial}"
        ".c{background:none}.d{background:url(images/icon.svg)}"
    )


def packages(tmp_path: Path) -> Path:
    modules = tmp_path / "node_modules"
    for folder, name in ((GOVUK, "govuk-frontend"), (MOJ, "moj-frontend")):
        images = modules / folder / "assets" / "images"
        images.mkdir(parents=True)
        (modules / folder / f"{name}.min.css").write_text(CSS)
        (modules / folder / f"{name}.min.js").write_text("a();//# sourceMappingURL=a.js.map")
        for image in ("icon.svg", "govuk-crest.svg", "favicon.ico"):
            (images / image).write_text("<svg/>")
    return modules


def test_only_the_icons_that_the_styles_name_are_copied(tmp_path: Path) -> None:
    target = tmp_path / "vendor"
    target.mkdir()
    (target / "old.css").write_text("")
    build(packages(tmp_path), target)
    found = {str(file.relative_to(target)) for file in target.rglob("*") if file.is_file()}
    names = {
        f"{name}.min.{kind}"
        for name in ("govuk-frontend", "moj-frontend")
        for kind in ("css", "js")
    }
    assert found == names | {"images/icon.svg"}
    assert (target / "moj-frontend.min.js").read_text() == "a();"


def test_an_icon_that_nobody_has_stops_the_build(tmp_path: Path) -> None:
    modules = packages(tmp_path)
    (modules / GOVUK / "assets" / "images" / "icon.svg").unlink()
    (modules / MOJ / "assets" / "images" / "icon.svg").unlink()
    with pytest.raises(SystemExit, match="neither package"):
        build(modules, tmp_path / "vendor")


def test_what_set_up_made_has_no_font_crest_or_favicon() -> None:
    vendor = ROOT / "src/wholeplace/web/static/vendor"
    files = [file for file in vendor.rglob("*") if file.is_file()]
    assert {"govuk-frontend.min.css", "moj-frontend.min.js"} <= {file.name for file in files}
    barred = (".woff", ".woff2", ".ttf", ".ico", ".map")
    assert [f for f in files if f.suffix in barred or "crest" in f.name or "crown" in f.name] == []
    styles = "".join(f.read_text(encoding="utf-8") for f in files if f.suffix == ".css")
    assert [word for word in ("GDS Transport", "@font-face", "/assets/") if word in styles] == []
