"""HTML to PDF/A-3a with the manifest attached, from packaged files and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, partial
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import fontpkg_atkinson_hyperlegible as typeface
from weasyprint import CSS, HTML, Attachment
from weasyprint.css import ColorProfile
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from assessment.paper.accessible import make_accessible
from assessment.paper.content import PaperFault
from assessment.paper.lettering import spell_out

SCHEME = "paper:"
_STATIC = Path(__file__).resolve().parents[2] / "static"
_FONTS = typeface.ROOT / "files"
_COLOURS = "sheet-srgb"
_VARIANT = {"pdf_variant": "pdf/a-3a", "output_intent": _COLOURS}
_SUFFIXES = {".svg": "image/svg+xml", ".ttf": "font/ttf"}


class RefusedAddress(ValueError):
    """A sheet asked for something that is not packaged with the papers."""


class PackagedFiles(URLFetcher):  # type: ignore[misc]
    """Serves the papers' own fonts and drawings by name; refuses network and every other file."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False, fail_on_errors=True)
        files = [*_FONTS.glob("*.ttf"), *(_STATIC / "paper").glob("*.svg")]
        self._paths = {f"{SCHEME}{path.name}": path for path in files}

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        """The packaged file of that exact address; raises RefusedAddress for any other."""
        path = self._paths.get(url)
        if path is None:
            raise RefusedAddress(f"A paper may use its packaged files only, and not {url[:200]}.")
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": _SUFFIXES[path.suffix]})


class SheetColours(ColorProfile):  # type: ignore[misc]
    """WeasyPrint's own sRGB profile, read once: it would open it for each paper, leave it open,
    and write it with the time of day in it."""

    def __init__(self) -> None:
        self._bytes = files("weasyprint.pdf").joinpath("sRGB2014.icc").read_bytes()
        super().__init__(BytesIO(self._bytes), "sRGB2014.icc", "relative-colorimetric", "rgb")

    @property
    def content(self) -> bytes:
        return self._bytes


@dataclass(frozen=True, slots=True)
class Press:
    """What is costly to set up and safe to share between the papers of one process."""

    files: PackagedFiles
    fonts: FontConfiguration
    style: CSS
    colours: SheetColours
    without_glyph: set[str] = field(default_factory=set)


@cache
def press() -> Press:
    """This process's fonts and style sheet: built anew for each paper they cost 0.25 MB of it."""
    packaged, fonts = PackagedFiles(), FontConfiguration()
    style = CSS(
        string=(_STATIC / "print.css").read_text(encoding="utf-8"),
        base_url=SCHEME,
        url_fetcher=packaged,
        font_config=fonts,
    )
    return Press(files=packaged, fonts=fonts, style=style, colours=SheetColours())


def render_pdf(
    html: str,
    *,
    manifest: bytes,
    manifest_name: str,
    at: datetime | None = None,
    language: str = "en-GB",
) -> bytes:
    """A tagged PDF/A-3a and PDF/UA-1 file with an empty signature field and one attachment.

    The same arguments give the same bytes where `at`, the time of issue, is given. Characters
    that no font here has are spelt out as `[U+1F600]`. Refuses (PaperFault) a sheet that asks for
    a file or address that is not packaged.
    """
    machine = press()
    pdf, absent = _printed(html, machine, manifest, manifest_name, at, language)
    if absent:
        machine.without_glyph.update(absent)
        pdf, _ = _printed(html, machine, manifest, manifest_name, at, language)
    return pdf


def _printed(
    html: str,
    machine: Press,
    manifest: bytes,
    manifest_name: str,
    at: datetime | None,
    language: str,
) -> tuple[bytes, set[str]]:
    legible = spell_out(html, without_glyph=machine.without_glyph)
    attachment = Attachment(
        string=manifest,
        name=manifest_name,
        description="The manifest that was signed, as canonical JSON",
        relationship="Data",
        created=at and at.astimezone(UTC),
        modified=at and at.astimezone(UTC),
    )
    try:
        document = HTML(string=legible, base_url=SCHEME, url_fetcher=machine.files).render(
            stylesheets=[machine.style],
            font_config=machine.fonts,
            color_profiles={_COLOURS: machine.colours},
            **_VARIANT,
        )
        document.metadata.generator = "Criterion"
        if at is not None:
            stated = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            document.metadata.created = document.metadata.modified = stated
        pdf = document.write_pdf(
            finisher=partial(make_accessible, language=language),
            attachments=[attachment],
            **_VARIANT,
        )
    except FatalURLFetchingError as refusal:
        raise PaperFault(str(refusal.__cause__ or refusal)) from refusal
    absent = {chr(point) for font in document.fonts.values() for point in font.missing}
    return pdf, absent
