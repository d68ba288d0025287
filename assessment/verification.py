"""Whether a file or a code is a paper of ours, and whether it still stands; open to strangers.

A file's own SHA-256 is looked up first, then its seal is tried over all of it, then the present
state of what it says. Nothing here tells a stranger the learner's name or result.
"""

import datetime
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.db import connection, transaction
from django.utils import timezone

from assessment.confirmation import base_digest
from assessment.models import Document, Sheet
from assessment.paper.codes import normalise_code
from assessment.paper.keys import SealKeyFault
from assessment.paper.seal import MAX_BYTES, check_seal
from assessment.sealing import trusted_seals
from assessment.verdicts import SAYINGS, SEAL_VERDICTS, Saying, Verdict
from centres.canonical import sha256_hex
from centres.models import AuditEvent, Centre, Role, Signature
from centres.tenancy import centre_context
from portfolios.models import Reopening
from qualifications.models import AssessmentUnit

log = logging.getLogger("criterion.verification")


ROLE_WORDS = {
    Role.ASSESSOR: "an assessor",
    Role.IQA: "an internal quality assurer",
    Role.LEAD_IQA: "a lead internal quality assurer",
    Role.EQA: "an external quality assurer",
    Role.MANAGER: "a centre manager",
}


@dataclass(frozen=True, kw_only=True)
class Wording:
    """How the answers speak of a kind of paper: a sheet's, unless its finder says otherwise.

    ``asked`` is who has the latest issue, ``compared`` what the paper is held against, and
    ``withheld`` what a stranger is not told.
    """

    asked: str = "the learner, or {centre},"
    compared: str = "the person or record in front of you"
    withheld: str = "the learner’s name or results"


@dataclass(frozen=True, kw_only=True)
class Issue:
    """What a stranger may know of a paper that we issued."""

    kind: str
    centre_name: str
    centre_number: str
    issued_at: datetime.datetime
    signers: str
    sha256: str
    replaced_at: datetime.datetime | None = None
    returned_at: datetime.datetime | None = None
    is_stale: bool = False
    is_recorded: bool = True
    wording: Wording = Wording()


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The answer to one check. `sha256` is the given file's, empty for a code."""

    verdict: Verdict
    checked_at: datetime.datetime
    sha256: str = ""
    code: str = ""
    issue: Issue | None = None

    @property
    def said(self) -> Saying:
        return SAYINGS[self.verdict]

    @property
    def sentence(self) -> str:
        return self.said.sentence.format(centre=self._centre)

    @property
    def remedy(self) -> str:
        words = self.issue.wording if self.issue else Wording()
        return self.said.remedy.format(
            centre=self._centre,
            asked=words.asked.format(centre=self._centre),
            compared=words.compared,
        )

    @property
    def is_genuine(self) -> bool:
        """Whether the file is one that we issued, whatever became of it since."""
        return self.exit_code != 1

    @property
    def exit_code(self) -> int:
        """0 for valid and current, 2 for authentic but no longer current, 1 otherwise."""
        if self.verdict is Verdict.VALID:
            return 0
        past = (Verdict.SUPERSEDED, Verdict.STALE, Verdict.WITHDRAWN)
        return 2 if self.verdict in past else 1

    @property
    def _centre(self) -> str:
        return self.issue.centre_name if self.issue else "the centre it names"


def verify_file(content: bytes) -> Answer:
    """The answer for a file's bytes; never raises, whatever they are. The bytes are not kept."""
    now = timezone.now()
    if len(content) > MAX_BYTES:
        return Answer(verdict=Verdict.TOO_LARGE, checked_at=now)
    sha256 = sha256_hex(content)
    try:
        seal = check_seal(content, trusted=trusted_seals())
        issue = _find_issue(sha256=sha256) if content else None
    except SealKeyFault as fault:
        log.error("no file can be verified: %s", fault)
        return Answer(verdict=Verdict.UNAVAILABLE, checked_at=now, sha256=sha256)
    except Exception:
        log.exception("a file could not be verified")
        return Answer(verdict=Verdict.UNAVAILABLE, checked_at=now, sha256=sha256)
    verdict = _state(issue, is_sealed=seal.is_intact) if issue else SEAL_VERDICTS[seal.outcome]
    return Answer(verdict=verdict, checked_at=now, sha256=sha256, issue=issue)


def verify_code(text: str) -> Answer:
    """The answer for a printed code as somebody typed it; never raises."""
    now = timezone.now()
    code = normalise_code(text)
    if code is None:
        return Answer(verdict=Verdict.NOT_A_CODE, checked_at=now)
    try:
        issue = _find_issue(code=code)
    except Exception:
        log.exception("a code could not be verified")
        return Answer(verdict=Verdict.UNAVAILABLE, checked_at=now, code=code)
    if issue is None:
        return Answer(verdict=Verdict.CODE_UNKNOWN, checked_at=now, code=code)
    stands = issue.replaced_at is None and issue.returned_at is None and not issue.is_stale
    verdict = Verdict.CODE_ISSUED if stands else Verdict.CODE_SUPERSEDED
    return Answer(verdict=verdict, checked_at=now, code=code, issue=issue)


def _state(issue: Issue, *, is_sealed: bool) -> Verdict:
    if not is_sealed or not issue.is_recorded:
        return Verdict.UNCONFIRMED
    if issue.is_stale:
        return Verdict.STALE
    if issue.replaced_at:
        return Verdict.SUPERSEDED
    return Verdict.WITHDRAWN if issue.returned_at else Verdict.VALID


Finder = Callable[[str, str], Issue | None]
_finders: list[Finder] = []


def find_also_with(finder: Finder) -> None:
    """Ask this function too, by fingerprint and code; a higher app gives its papers here."""
    if finder not in _finders:
        _finders.append(finder)


def _find_issue(*, sha256: str = "", code: str = "") -> Issue | None:
    """The issued paper of that fingerprint or code, in whichever centre it is."""
    found = (find(sha256, code) for find in (_find_document, *_finders))
    return next((issue for issue in found if issue), None)


@transaction.atomic
def _find_document(sha256: str, code: str) -> Issue | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT document_centre(%s, %s)", [sha256, code])
        (centre_id,) = cursor.fetchone()
    if centre_id is None:
        return None
    with centre_context(centre_id):
        return _issue(Centre.objects.get(pk=centre_id), sha256=sha256, code=code)


def _issue(centre: Centre, *, sha256: str, code: str) -> Issue:
    rows = Document.objects.for_centre(centre).filter(state=Document.State.ISSUED)
    document = rows.select_related("centre", "sheet__submission").get(
        **({"sha256": sha256} if sha256 else {"code": code})
    )
    submission = document.sheet.submission
    units = AssessmentUnit.objects.filter(assessment=submission.assessment_id).order_by("position")
    refs = " + ".join(units.values_list("unit__ref", flat=True))
    events = AuditEvent.objects.for_centre(centre).filter(
        subject_id=document.pk, action="document.issued"
    )
    return Issue(
        kind=f"Result sheet, {refs}, {document.get_standing_display().lower()}",
        centre_name=centre.name,
        centre_number=centre.number,
        issued_at=cast(datetime.datetime, document.issued_at),
        signers=signers_in_words(document.signers),
        sha256=document.sha256,
        replaced_at=_replaced_at(document),
        returned_at=_returned_at(document),
        is_stale=_is_stale(document),
        is_recorded=any(event.facts.get("sha256") == document.sha256 for event in events),
    )


def _replaced_at(document: Document) -> datetime.datetime | None:
    """When the next sheet on the same work was signed, or this copy was issued again.

    Papers follow one another in the order in which they were queued, whichever was made first.
    """
    sheet = document.sheet
    later_sheets = (
        Sheet.objects.for_centre(document.centre)
        .signed()
        .filter(
            submission__registration=sheet.submission.registration_id,
            submission__assessment=sheet.submission.assessment_id,
            signed_at__gt=sheet.signed_at,
        )
    )
    later_issues = Document.objects.for_centre(document.centre).filter(
        sheet=sheet,
        copy=document.copy,
        state=Document.State.ISSUED,
        queued_at__gt=document.queued_at,
    )
    moments = [
        *later_sheets.values_list("signed_at", flat=True),
        *later_issues.values_list("issued_at", flat=True),
    ]
    return min((moment for moment in moments if moment), default=None)


def _returned_at(document: Document) -> datetime.datetime | None:
    """When quality assurance returned the decision that the paper states."""
    sheet = document.sheet
    reopened = Reopening.objects.for_centre(document.centre).filter(
        closure__submission=sheet.submission_id, reopened_at__gt=sheet.signed_at
    )
    moment: datetime.datetime | None = (
        reopened.order_by("reopened_at").values_list("reopened_at", flat=True).first()
    )
    return moment


def _is_stale(document: Document) -> bool:
    """Whether a signature that the paper rests on is missing, or covers something else.

    The assessor's covers the file copy's manifest, which names the learner's by its digest. Those
    of quality assurance are named by a paper that was issued anew.
    """
    rows = Signature.objects.for_centre(document.centre)
    signature = rows.filter(
        subject_id=document.sheet_id, purpose=Signature.Purpose.DECISION
    ).first()
    if signature is None or not covers(signature):
        return True
    digests = [each["digest"] for each in document.confirmation.get("signatures", [])]
    standing = {row.digest for row in rows.filter(digest__in=digests) if covers(row)}
    if standing != set(digests):
        return True
    base = base_digest(document)
    if document.copy == Document.Copy.FILE:
        return base != signature.digest
    signed: dict[str, Any] = json.loads(signature.manifest)
    return bool(signed.get("copies", {}).get("learner") != base)


def covers(signature: Signature) -> bool:
    """Whether a signature's digest is that of its manifest still."""
    return sha256_hex(signature.manifest.encode()) == signature.digest


def signers_in_words(roles: list[str]) -> str:
    """As what a paper was signed, such as ``an assessor and an internal quality assurer``."""
    return _in_a_row([ROLE_WORDS.get(Role(role), role) for role in roles])


def _in_a_row(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
