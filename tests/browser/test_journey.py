"""The main job as people do it: a file becomes a signed sheet, a PDF, and a stranger's yes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse
from playwright.sync_api import Page, expect

from assessment.models import Document
from assessment.tasks import render_document
from centres.ledger import ledger_faults
from centres.models import AuditEvent
from centres.tenancy import centre_context
from tests.cast import PASSWORD, Cast
from tests.stage import COUNTS, criteria

pytestmark = pytest.mark.django_db(transaction=True)
FEEDBACK_ON_1_3 = "The sponsor's wishes are missing. Add them, and have all three sign."


def add_and_claim(page: Page, cast: Cast, folder: Path) -> None:
    """Upload two files at once, then claim one of them for every criterion."""
    first, second = folder / "diary.txt", folder / "contract.txt"
    first.write_text("Twelve sessions, dated and timed.")
    second.write_text("What the client wants.")
    unit = reverse(
        "portfolios:unit", args=[cast.centre.slug, cast.una_registration.pk, cast.assessment.pk]
    )
    page.goto(unit)
    page.locator("form[data-upload] input[type=file]").set_input_files([first, second])
    if page.get_by_role("link", name="E2").count() == 0:
        button = page.locator("form[data-upload] button[type=submit]")
        if button.is_visible():
            button.click()
    expect(page.get_by_role("link", name="E2", exact=False).first).to_be_visible()
    page.get_by_role("link", name="E1 ", exact=False).first.click()
    for criterion in criteria(cast):
        page.locator("select[name=criterion]").select_option(str(criterion.pk))
        page.get_by_label("Note for your assessor").fill(f"Shows {criterion.number}")
        page.get_by_role("button", name="Claim", exact=True).click()
        expect(page.locator(".why", has_text=f"Shows {criterion.number}")).to_be_visible()


def hand_in(page: Page, cast: Cast, attempt: int) -> None:
    """Read, declare, submit."""
    page.goto(
        reverse(
            "portfolios:submit",
            args=[cast.centre.slug, cast.una_registration.pk, cast.assessment.pk],
        )
    )
    page.get_by_label("I declare this.").check()
    if page.get_by_label("Your password").count():
        page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Declare and hand in").click()
    expect(page.get_by_text(f"Attempt {attempt} is handed in.")).to_be_visible()


def mark(page: Page, cast: Cast, decisions: dict[str, str]) -> None:
    """Decide every criterion on the desk, with the keyboard where it has keys."""
    page.goto(reverse("assessment:queue", args=[cast.centre.slug]))
    page.get_by_role("link", name="Open").first.click()
    for criterion in criteria(cast):
        expect(page.locator(".ask")).to_contain_text(criterion.number)
        page.wait_for_load_state("load")  # keys work once the scripts do
        for code, value in COUNTS.get(criterion.number, {}).items():
            page.locator(f"[id$='{code}']").fill(value)
        decision = decisions.get(criterion.number, "pass")
        if decision == "referral":
            page.get_by_label(f"Feedback on {criterion.number}").fill(FEEDBACK_ON_1_3)
        page.locator("body").press("Escape")
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("r" if decision == "referral" else "p")
        expect(page.locator(".saved")).to_contain_text("Saved")
        page.keyboard.press("j")


def sign(page: Page, outcome: str) -> None:
    """Sign what is shown; the last “next” of the desk has led here."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(outcome)
    if page.get_by_label("Your password").count():
        page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Sign:").click()
    expect(page.get_by_text("Signed. The papers are being made.")).to_be_visible()


def make_papers(cast: Cast) -> None:
    """What the worker does; that a real one does it is tested in ``test_worker``."""
    with centre_context(cast.centre.pk):
        waiting = list(
            Document.objects.for_centre(cast.centre)
            .exclude(state=Document.State.ISSUED)
            .values_list("pk", flat=True)
        )

    def work() -> list[str]:
        try:
            return [render_document(str(cast.centre.pk), str(document)) for document in waiting]
        finally:
            connection.close()

    # Not in this thread: Playwright's event loop runs here and sealing wants its own.
    with ThreadPoolExecutor(1) as worker:
        assert set(worker.submit(work).result()) == {"issued"}


def test_from_evidence_to_a_strangers_yes(
    page: Page, enter: Callable[[Page, str], None], alder: Cast, tmp_path: Path
) -> None:
    enter(page, alder.una.email)
    add_and_claim(page, alder, tmp_path)
    hand_in(page, alder, attempt=1)

    enter(page, alder.pat.email)
    mark(page, alder, {"1.3": "referral"})
    sign(page, "Referral")
    make_papers(alder)

    enter(page, alder.una.email)
    page.goto(reverse("portfolios:mine", args=[alder.centre.slug]))
    page.goto(
        reverse(
            "portfolios:unit",
            args=[alder.centre.slug, alder.una_registration.pk, alder.assessment.pk],
        )
    )
    page.get_by_role("link", name="feedback").first.click()
    expect(page.get_by_text(FEEDBACK_ON_1_3)).to_be_visible()
    expect(page.get_by_text("Provisional").first).to_be_visible()
    hand_in(page, alder, attempt=2)

    enter(page, alder.pat.email)
    mark(page, alder, {})
    sign(page, "Pass")
    make_papers(alder)
    page.reload()
    with page.expect_download() as download:
        page.locator("a[href*='/document/']").first.click()
    paper = tmp_path / "paper.pdf"
    download.value.save_as(paper)

    page.context.clear_cookies()
    page.goto(reverse("verify:check"))
    page.get_by_label("The PDF file").set_input_files(paper)
    page.get_by_role("button", name="Check").click()
    expect(page.locator(".verdict h2")).to_have_text("Valid")
    assert alder.una.full_name not in page.content()

    paper.write_bytes(paper.read_bytes() + b"\n% a line of somebody else's")
    page.get_by_label("The PDF file").set_input_files(paper)
    page.get_by_role("button", name="Check").click()
    expect(page.locator(".verdict h2")).not_to_have_text("Valid")

    with centre_context(alder.centre.pk):
        assert list(ledger_faults(alder.centre)) == []
        made = AuditEvent.objects.for_centre(alder.centre).values_list("action", flat=True)
        assert list(made).count("sheet.signed") == 2
        assert list(made).count("document.issued") == 4
    connection.close()


def test_two_tabs_lose_nothing(page: Page, enter: Callable[[Page, str], None], alder: Cast) -> None:
    from tests.stage import make_work, submit

    with centre_context(alder.centre.pk):
        submission = submit(alder, make_work(alder, alder.una, alder.una_registration))
    enter(page, alder.pat.email)
    desk = reverse("assessment:desk-criterion", args=[alder.centre.slug, submission.pk, "1.1"])
    other = page.context.new_page()
    page.goto(desk)
    other.goto(desk)
    page.get_by_label("Feedback on 1.1").fill("Typed in the first tab.")
    expect(page.locator(".saved")).to_contain_text("Saved")
    other.get_by_label("Feedback on 1.1").fill("Typed in the second tab.")
    expect(other.get_by_text("Another tab saved this", exact=False)).to_be_visible()
    expect(other.get_by_text("Typed in the first tab.", exact=False).first).to_be_visible()
    other.get_by_role("button", name="Keep mine").click()
    expect(other.locator(".saved")).to_contain_text("Saved")
    page.reload()
    expect(page.get_by_label("Feedback on 1.1")).to_have_value("Typed in the second tab.")
    other.close()
    connection.close()
