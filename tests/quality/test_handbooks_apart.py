"""The process that reads a stranger's file: bounded, without network, and never believed."""

import io
import json
import os
import subprocess
import sys
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage

from centres.clock import database_now
from centres.tenancy import centre_context
from qualifications.handbook import Handbook, read_handbook
from qualifications.handbook.kept import NotAHandbookError, as_kept, from_kept
from qualifications.handbook.progress import Progress, Step
from quality import handbook_jobs as jobs
from quality.actions.handbook import discard_handbook
from quality.handbook_reading import STOPPED, TOO_LONG, Refused, read_apart
from quality.models import HandbookImport
from quality.tasks import requeue_centre_handbooks
from tests.cast import Cast
from tests.qualifications.handbook.papers import FORMATS, alignment_paper, handbook_paper
from tests.quality import handbooks as making

LOCKED = """
import sys
from pathlib import Path
from quality import handbook_child as child
child.limit()
child.close_doors(Path.cwd())
"""
TRIED = """
try:
    {attempt}
except child.ForbiddenError as refused:
    print("refused", refused)
else:
    print("done")
"""


def locked(folder: Path, attempt: str) -> str:
    """What comes of an attempt behind the closed doors."""
    program = LOCKED + TRIED.format(attempt=attempt)
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env={"PYTHONPATH": str(settings.BASE_DIR)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return ran.stdout + ran.stderr


@pytest.mark.parametrize("kind", FORMATS)
def test_what_is_read_apart_is_what_is_read_here(kind: str) -> None:
    content = handbook_paper().saved(kind)
    assert read_apart(io.BytesIO(content), "orchard") == read_handbook(content, "orchard")


def test_a_handbook_survives_json_whole() -> None:
    for paper in (handbook_paper(), alignment_paper()):
        handbook = read_handbook(paper.saved("docx"), "orchard")
        assert from_kept(json.loads(json.dumps(as_kept(handbook)))) == handbook


def test_json_of_another_shape_is_no_handbook() -> None:
    kept = as_kept(read_handbook(handbook_paper().saved("txt"), "orchard"))
    for changes in (
        {"name": 7},
        {"units": [{"ref": "x"}]},
        {"extra": 1},
        {"source": [[{"line": "1", "page": None, "counted": "line"}, "x"]]},
    ):
        with pytest.raises(NotAHandbookError):
            from_kept({**kept, **changes})


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "The file is empty."),
        (b"%PDF-1.7 nothing", "The PDF is damaged."),
        (b"PK\3\4 nothing", "The Word document is damaged."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "The file is encrypted, or of an old Word format."),
    ],
)
def test_a_broken_file_is_refused_with_a_remedy(content: bytes, rule: str) -> None:
    told = read_apart(io.BytesIO(content), "file")
    assert isinstance(told, Refused)
    assert told.rule == rule and told.remedy.endswith(".")


def test_a_reader_that_hangs_is_ended_by_the_clock() -> None:
    assert read_apart(io.BytesIO(b"x"), "file", seconds=0.01) == TOO_LONG


@pytest.mark.parametrize("module", ["quality.no_such_module", "this", "json.tool"])
def test_a_reader_that_breaks_or_says_something_else_is_not_believed(module: str) -> None:
    assert read_apart(io.BytesIO(b"[1]"), "file", module=module) == STOPPED


@pytest.mark.parametrize(
    "attempt",
    [
        "import socket; socket.socket()",
        "import socket; socket.getaddrinfo('localhost', 80)",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
        "import os; os.fork()",
        "open('/tmp/outside-of-its-folder', 'w')",
        "import os; os.open('../outside', os.O_CREAT | os.O_WRONLY)",
        "import os; os.remove('/tmp/whatever')",
        "import os; os.kill(1, 0)",
    ],
)
def test_the_doors_are_closed(tmp_path: Path, attempt: str) -> None:
    assert locked(tmp_path, attempt).startswith("refused ")


def test_its_own_folder_is_open(tmp_path: Path) -> None:
    assert locked(tmp_path, "open('inside', 'w').close()") == "done\n"
    assert (tmp_path / "inside").exists()


def test_memory_ends_at_its_limit(tmp_path: Path) -> None:
    assert "MemoryError" in locked(tmp_path, "b'x' * (2 << 30)")


def test_the_reader_sees_nothing_of_the_sites_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "told.py").write_text(
        "import json, os\n"
        "names = ' '.join(sorted(os.environ))\n"
        "print(json.dumps({'refused': {'rule': names, 'remedy': os.getcwd()}}))\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    sys.path.insert(0, "first")
    try:
        told = read_apart(io.BytesIO(b""), "file", module="told")
    finally:
        sys.path.remove("first")
    assert isinstance(told, Refused)
    assert "DJANGO_SETTINGS_MODULE" in os.environ
    assert not {"DJANGO_SETTINGS_MODULE", "DATABASE_URL", "PATH"} & set(told.rule.split())
    assert not Path(told.remedy).exists()


# How far it is


@pytest.mark.parametrize("kind", FORMATS)
def test_the_reader_tells_its_steps_in_order(kind: str) -> None:
    told: list[Progress] = []
    read_handbook(handbook_paper().saved(kind), "orchard", told.append)
    pages = [(one.done, one.total) for one in told if one.step == Step.PAGES]
    assert pages == [(number, len(pages)) for number in range(1, len(pages) + 1)]
    assert bool(pages) == kind.endswith("pdf")
    assert [one.step for one in told[len(pages) :]] == [Step.LAYOUTS, Step.SUMS]


def test_progress_is_written_and_read_back() -> None:
    for progress in (Progress(Step.PAGES, 40, 181), Progress(Step.SUMS)):
        assert Progress.from_written(str(progress)) == progress


@pytest.mark.parametrize(
    "text",
    [
        "",
        "pages",
        "pages 1",
        "pages 2 1",
        "pages -1 2",
        "pages 1 99999",
        "pages 1 2 ",
        "pages 1 2\n",
        "pages ١ ٢",
        "rows 1 2",
        "<b>1</b>",
    ],
)
def test_what_is_no_progress_is_not_taken_for_it(text: str) -> None:
    assert Progress.from_written(text) is None


def telling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: str) -> None:
    """A reader that says these lines on its pipe and waits until it is stopped."""
    (tmp_path / "telling.py").write_text(
        "import os, sys, time\n"
        f"lines = {lines}\n"
        "os.set_blocking(int(sys.argv[2]), False)\n"
        "for line in lines:\n"
        "    try:\n"
        "        os.write(int(sys.argv[2]), line)\n"
        "    except BlockingIOError:\n"
        "        break\n"
        "time.sleep(600)\n"
    )
    monkeypatch.setattr(sys, "path", ["first", str(tmp_path), *sys.path])


class EnoughError(Exception):
    """What the watch of a test raises once it has heard what it waits for."""


@pytest.mark.parametrize(
    ("lines", "heard"),
    [
        ("[b'pages 1 9\\n', b'pages 2 9\\n', b'pages 3']", Progress(Step.PAGES, 2, 9)),
        ("[b'pages 2 9\\n', b'pages 9 2\\n<b>\\n', b'\\xff\\n']", Progress(Step.PAGES, 2, 9)),
        ("[b'x' * 4000] * 99", None),
        ("[b'sums 0 0\\n'] + [b'\\n' * 4000] * 99", Progress(Step.SUMS)),
    ],
)
def test_the_last_whole_line_that_is_progress_is_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: str, heard: Progress | None
) -> None:
    told: list[Progress | None] = []

    def watch(progress: Progress | None) -> None:
        told.append(progress)
        if progress or (heard is None and len(told) > 3):
            raise EnoughError

    telling(tmp_path, monkeypatch, lines)
    with pytest.raises(EnoughError):
        read_apart(io.BytesIO(b""), "file", module="telling", watch=watch)
    assert told[-1] == heard


# The rows as jobs


def state_of(cast: Cast, held: HandbookImport) -> str:
    return making.fresh(cast, held).state


def left(cast: Cast, held: HandbookImport, tries: int = 1) -> None:
    """A worker took it up and is gone; its lease is over."""
    with centre_context(cast.centre.pk):
        HandbookImport.objects.for_centre(cast.centre).filter(pk=held.pk).update(
            state="reading",
            token=uuid.uuid4(),
            lease_until=database_now() - timedelta(seconds=1),
            tries=tries,
        )


@pytest.mark.django_db
def test_an_import_is_claimed_once(alder: Cast) -> None:
    held = making.imported(alder)
    with centre_context(alder.centre.pk):
        assert jobs.claim_import(centre=alder.centre, import_id=held.pk)
        assert jobs.claim_import(centre=alder.centre, import_id=held.pk) is None
    assert making.run(alder, held) == "not due"


@pytest.mark.django_db
def test_a_killed_worker_loses_nothing(alder: Cast) -> None:
    held = making.imported(alder)
    left(alder, held)
    assert requeue_centre_handbooks(str(alder.centre.pk)) == 1
    assert state_of(alder, held) == "queued"
    assert making.run(alder, held) == "read"
    assert requeue_centre_handbooks(str(alder.centre.pk)) == 0


@pytest.mark.django_db
def test_what_is_read_too_late_is_dropped(alder: Cast) -> None:
    held = making.imported(alder)
    with centre_context(alder.centre.pk):
        claimed = jobs.claim_import(centre=alder.centre, import_id=held.pk)
    assert claimed
    left(alder, held)
    handbook = read_apart(io.BytesIO(making.handbook_text().encode()), "x")
    assert isinstance(handbook, Handbook)
    with centre_context(alder.centre.pk):
        assert not jobs.keep_reading(centre=alder.centre, held=claimed, handbook=handbook)
    assert making.warnings_of(alder, held) == []


@pytest.mark.django_db
def test_progress_is_written_and_renews_the_claim(alder: Cast) -> None:
    held = making.imported(alder)
    with centre_context(alder.centre.pk):
        claimed = jobs.claim_import(centre=alder.centre, import_id=held.pk)
        assert claimed and claimed.lease_until
        jobs.note_progress(centre=alder.centre, held=claimed, progress=Progress(Step.PAGES, 4, 9))
    now = making.fresh(alder, held)
    assert now.progress == "pages 4 9"
    assert now.lease_until and now.lease_until > claimed.lease_until
    with centre_context(alder.centre.pk):
        jobs.note_progress(centre=alder.centre, held=claimed, progress=None)
    assert making.fresh(alder, held).progress == "pages 4 9"


@pytest.mark.django_db
def test_whoever_lost_the_claim_writes_no_progress_and_stops(alder: Cast) -> None:
    held = making.imported(alder)
    with centre_context(alder.centre.pk):
        claimed = jobs.claim_import(centre=alder.centre, import_id=held.pk)
        assert claimed
        discard_handbook(actor=alder.lea, centre=alder.centre, handbook=held)
        with pytest.raises(jobs.ClaimLostError):
            jobs.note_progress(
                centre=alder.centre, held=claimed, progress=Progress(Step.PAGES, 4, 9)
            )
    now = making.fresh(alder, held)
    assert (now.state, now.progress) == ("discarded", "")


@pytest.mark.django_db
def test_a_file_that_stops_its_worker_three_times_is_refused(alder: Cast) -> None:
    held = making.imported(alder)
    left(alder, held, tries=3)
    assert requeue_centre_handbooks(str(alder.centre.pk)) == 0
    now = making.fresh(alder, held)
    assert (now.state, now.refusal_rule) == ("refused", jobs.DEADLY.rule)
    assert making.run(alder, held) == "not due"


@pytest.mark.django_db
def test_a_store_that_gives_no_file_leaves_the_import_to_be_tried_again(alder: Cast) -> None:
    held = making.imported(alder)
    default_storage.delete(held.file.key)
    assert making.run(alder, held) == "again"
    now = making.fresh(alder, held)
    assert (now.state, now.token, now.tries) == ("queued", None, 1)


@pytest.mark.django_db
def test_the_other_centres_import_is_not_read(alder: Cast, birch: Cast) -> None:
    held = making.imported(alder)
    assert making.run(birch, held) == "not due"
    assert state_of(alder, held) == "queued"
