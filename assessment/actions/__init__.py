"""What changes in assessment: drafts are saved, a sheet is signed."""

from assessment.actions.drafts import DraftConflict, Saved, save_comment, save_judgement
from assessment.actions.reopening import return_sheet
from assessment.actions.sections import save_section
from assessment.actions.signing import sign_sheet, signing_sentence

__all__ = [
    "DraftConflict",
    "Saved",
    "return_sheet",
    "save_comment",
    "save_judgement",
    "save_section",
    "sign_sheet",
    "signing_sentence",
]
