"""Who may, in this app: rows of the access table."""

from centres.access import allow
from centres.models import Role

allow("see_queue", Role.ASSESSOR)
allow("mark_work", Role.ASSESSOR)
allow("sign_sheet", Role.ASSESSOR)
allow("see_sheet", Role.LEARNER, Role.ASSESSOR, Role.IQA, Role.LEAD_IQA, Role.MANAGER)
allow("return_sheet", Role.IQA, Role.LEAD_IQA)
