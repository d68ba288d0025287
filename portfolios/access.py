"""Who may, in this app: rows of the access table."""

from centres.access import allow
from centres.models import Role

WORKING = (Role.ASSESSOR, Role.TUTOR, Role.IQA, Role.LEAD_IQA, Role.MANAGER, Role.ADMINISTRATOR)

allow("see_portfolio", Role.LEARNER, *WORKING)
allow("change_portfolio", Role.LEARNER)
allow("submit_work", Role.LEARNER)
allow("close_submission", Role.ASSESSOR)
allow("reopen_submission", Role.IQA, Role.LEAD_IQA)
