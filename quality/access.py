"""Who may, in this app: rows of the access table."""

from centres.access import EVERYONE, STAFF, allow
from centres.models import Role

IQA = (Role.IQA, Role.LEAD_IQA)

# Internal quality assurance.
allow("see_sampling", *IQA, Role.MANAGER)
allow("draft_plan", *IQA)
allow("approve_plan", Role.LEAD_IQA)
allow("choose_sample", *IQA)
allow("review_work", *IQA)
allow("take_over_review", Role.LEAD_IQA)
allow("see_review", *IQA, Role.MANAGER, Role.ASSESSOR)
allow("release_work", Role.LEAD_IQA)
allow("see_actions", *STAFF)
allow("answer_action", *STAFF)
allow("close_action", *IQA, Role.EQA)

# External quality assurance, confirmations and holds.
allow("see_visits", Role.MANAGER, *IQA, Role.EQA)
allow("read_visit", Role.MANAGER, *IQA)
allow("arrange_visit", Role.MANAGER, Role.LEAD_IQA)
allow("enter_visit", Role.EQA)
allow("sign_visit", Role.EQA)
allow("see_confirmations", Role.MANAGER, *IQA)
allow("record_report", Role.MANAGER, Role.LEAD_IQA)
allow("record_direct_claims", Role.MANAGER)
allow("confirm_direct_claims", Role.MANAGER, Role.LEAD_IQA)
allow("claim_work", Role.MANAGER)
allow("change_holds", Role.MANAGER, Role.LEAD_IQA)
allow("see_record", Role.LEARNER, Role.ASSESSOR, *IQA, Role.MANAGER)
allow("see_where", Role.MANAGER, Role.ADMINISTRATOR, *IQA)

# What a learner has achieved, and moves.
allow("see_combination", *EVERYONE)

# Handbooks.
allow("see_handbooks", *IQA, Role.MANAGER)
allow("import_handbook", Role.LEAD_IQA)

# Alignments.
allow("see_alignments", *STAFF, Role.EQA)
allow("change_alignments", Role.MANAGER, Role.LEAD_IQA)
allow("approve_alignments", Role.LEAD_IQA)
