"""One result sheet, rendered and sealed: against WeasyPrint and pyHanko alone on the same HTML."""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from statistics import median

import django
from django.conf import settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from weasyprint import HTML, Attachment

RUNS = 15
RENDERS = 200
_WARM_UP = 20
_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Cost:
    """Medians over the runs, in milliseconds: time passed, and time of this process's own."""

    passed: float
    used: float


def print_paper_figures(runs: int = RUNS, renders: int = RENDERS) -> None:
    """Measures and prints; a minute or two on a quiet machine."""
    _set_up_templates()
    ours, alone = compare_with_parts_alone(runs)
    print(f"One result sheet, rendered and sealed (median of {runs} runs)")
    print(f"{'':28}{'passed':>10}{'processor':>12}")
    for label, cost in (("Criterion", ours), ("WeasyPrint and pyHanko alone", alone)):
        print(f"{label:28}{cost.passed:7.0f} ms{cost.used:9.0f} ms")
    print(f"{'ratio':28}{ours.passed / alone.passed:10.2f}{ours.used / alone.used:12.2f}")
    print(f"\nPeak memory of one process over {renders} renders (MB)")
    for number, peak in memory_over(renders):
        print(f"{number:>8} renders{peak:9.0f}")


def compare_with_parts_alone(runs: int) -> tuple[Cost, Cost]:
    """Ours and the parts alone, taken in turns so that a busy machine weighs on both alike."""
    from assessment.paper.keys import make_demo_key
    from assessment.paper.render import SCHEME, press, render_pdf
    from assessment.paper.seal import seal_pdf

    html, manifest = _sheet()
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder:
        key = make_demo_key(Path(folder), "Bench")

    def ours() -> None:
        pdf = render_pdf(html, manifest=manifest, manifest_name="manifest.json", at=now)
        seal_pdf(pdf, key=key, reason="Result sheet issued", location="Bench", at=now)

    machine = press()
    metadata = PdfSignatureMetadata(
        field_name="Signature",
        md_algorithm="sha256",
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        subfilter=SigSeedSubFilter.PADES,
        reason="Result sheet issued",
        location="Bench",
    )

    def alone() -> None:
        attachment = Attachment(string=manifest, name="manifest.json", relationship="Data")
        pdf = HTML(string=html, base_url=SCHEME, url_fetcher=machine.files).write_pdf(
            stylesheets=[machine.style],
            font_config=machine.fonts,
            pdf_variant="pdf/a-3a",
            attachments=[attachment],
        )
        signer = PdfSigner(metadata, key.signer())
        signer.sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)))

    return _in_turns(runs, ours, alone)


def _in_turns(runs: int, *works: Callable[[], None]) -> tuple[Cost, Cost]:
    for work in works:
        work()
    timings: list[list[tuple[float, float]]] = [[] for _ in works]
    for _ in range(runs):
        for work, measured in zip(works, timings, strict=True):
            passed, used = time.perf_counter(), time.process_time()
            work()
            measured.append((time.perf_counter() - passed, time.process_time() - used))
    first, second = (
        Cost(*(1000 * median(column) for column in zip(*measured, strict=True)))
        for measured in timings
    )
    return first, second


def memory_over(renders: int) -> list[tuple[int, float]]:
    """Peak memory in MB after a warm-up and then at every quarter of `renders`."""
    from assessment.paper.render import render_pdf

    html, manifest = _sheet()
    work = partial(render_pdf, html, manifest=manifest, manifest_name="manifest.json")
    marks = {_WARM_UP, renders // 4, renders // 2, renders * 3 // 4, renders}
    peaks = []
    for number in range(1, renders + 1):
        work()
        if number in marks:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            peaks.append((number, peak / (1024 if sys.platform == "linux" else 1024 * 1024)))
    return peaks


def _sheet() -> tuple[str, bytes]:
    from assessment.paper.sheet import paper_html
    from tests.assessment.paper.papers import MANIFEST, referral_paper

    return paper_html(referral_paper()), MANIFEST


def _set_up_templates() -> None:
    """Enough of Django for a template: a paper needs no database."""
    if settings.configured:
        return
    settings.configure(
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [_ROOT / "templates"],
            }
        ]
    )
    django.setup()
