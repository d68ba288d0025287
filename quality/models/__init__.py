"""What quality assurance keeps: plans, samples, reviews, releases, visits, confirmations, holds."""

from quality.models.alignment import (
    Alignment,
    AlignmentCriterion,
    AlignmentLearner,
    AlignmentPaper,
    AlignmentUnit,
    Coverage,
)
from quality.models.approval import ApprovalPaper, KeptDecision
from quality.models.confirmation import DirectClaims, ExternalConfirmation, ExternalReport, Hold
from quality.models.handbook import HandbookImport, HandbookWarning
from quality.models.plan import Draw, Sample, SamplingPlan
from quality.models.release import Release, ReleaseItem
from quality.models.required import RequiredAction
from quality.models.review import Review, ReviewPoint
from quality.models.visit import EvidenceView, Visit, VisitSheet

__all__ = [
    "Alignment",
    "AlignmentCriterion",
    "AlignmentLearner",
    "AlignmentPaper",
    "AlignmentUnit",
    "ApprovalPaper",
    "Coverage",
    "DirectClaims",
    "Draw",
    "EvidenceView",
    "ExternalConfirmation",
    "ExternalReport",
    "HandbookImport",
    "HandbookWarning",
    "Hold",
    "KeptDecision",
    "Release",
    "ReleaseItem",
    "RequiredAction",
    "Review",
    "ReviewPoint",
    "Sample",
    "SamplingPlan",
    "Visit",
    "VisitSheet",
]
