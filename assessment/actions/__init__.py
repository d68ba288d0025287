"""What changes in assessment: drafts are saved, a sheet is signed."""

from assessment.actions.drafts import DraftConflict, Saved, save_comment, save_judgement
from assessment.actions.signing import sign_sheet, signing_sentence

__all__ = [
    "DraftConflict",
    "Saved",
    "save_comment",
    "save_judgement",
    "sign_sheet",
    "signing_sentence",
]
