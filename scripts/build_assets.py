"""Copies the front-end packages' styles and scripts into the web package.

Set-up runs this after npm has fetched the locked packages. This service is not part of
GOV.UK, so the design system is used without its typeface, crest and icons of its own: no
font, crest, crown or favicon is ever copied, and the typeface's name goes from the styles.

Usage: build_assets.py NODE_MODULES DESTINATION
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

GOVUK = Path("govuk-frontend/dist/govuk")
MOJ = Path("@ministryofjustice/frontend/moj")
STYLES = (GOVUK / "govuk-frontend.min.css", MOJ / "moj-frontend.min.css")
SCRIPTS = (GOVUK / "govuk-frontend.min.js", MOJ / "moj-frontend.min.js")
LICENCES = ("govuk-frontend", "@ministryofjustice/frontend")

FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
TYPEFACE = re.compile(r"""["']?GDS Transport["']?\s*,\s*""")
CREST = re.compile(r"url\([^)]*(?:crest|crown|logotype)[^)]*\)")
ROOTED = re.compile(r"""url\((["']?)/assets/""")
SOURCE_MAP = re.compile(r"/[/*]# sourceMappingURL=\S+(?:\s*\*/)?")
IMAGE = re.compile(r"""url\(["']?(images/[^"')]+)""")


def plain_style(css: str) -> str:
    """The style sheet without the typeface, the crest and rooted addresses."""
    css = FONT_FACE.sub("", css)
    css = TYPEFACE.sub("", css)
    css = CREST.sub("none", css)
    css = ROOTED.sub(r"url(\1", css)
    return SOURCE_MAP.sub("", css)


def copy_images(css: str, modules: Path, to: Path) -> None:
    """Copies the icons that a style sheet names, and no other image."""
    for name in sorted(set(IMAGE.findall(css))):
        sources = [modules / root / "assets" / name for root in (GOVUK, MOJ)]
        source = next((path for path in sources if path.is_file()), None)
        if source is None:
            sys.exit(f"The style sheets name {name}, which neither package holds.")
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, to / name)


def build(modules: Path, to: Path) -> None:
    """Writes the whole vendor folder anew, beside the old one, then swaps them."""
    making = to.with_name(to.name + ".making")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    for style in STYLES:
        css = plain_style((modules / style).read_text(encoding="utf-8"))
        (making / style.name).write_text(css, encoding="utf-8")
        copy_images(css, modules, making)
    for script in SCRIPTS:
        code = (modules / script).read_text(encoding="utf-8")
        (making / script.name).write_text(SOURCE_MAP.sub("", code), encoding="utf-8")
    for package in LICENCES:
        for licence in sorted((modules / package).glob("LICEN[CS]E*")):
            name = f"{package.strip('@').replace('/', '-')}-{licence.name}"
            shutil.copyfile(licence, making / name)
    shutil.rmtree(to, ignore_errors=True)
    making.rename(to)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    build(Path(sys.argv[1]), Path(sys.argv[2]))
