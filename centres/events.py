"""The ledger's action names of this app."""

from centres.ledger import register_actions

register_actions(
    centre__opened="a centre was opened",
    centre__changed="details of a centre were changed",
    member__invited="a person was invited to a role",
    invitation__accepted="an invited person took up the role",
    invitation__withdrawn="an invitation was withdrawn",
    membership__started="a person was given a role",
    membership__ended="a person's role was ended",
    learner__enrolled="a learner was enrolled on a pathway",
    registration__recorded="the awarding body's registration number was recorded",
    registration__corrected="the registration number or its date was corrected",
    assessor__allocated="an assessor was allocated to a registration",
    assessor__released="an assessor's allocation was ended",
    catalogue__loaded="a specification was loaded",
    signature__made="a person signed",
    person__signed_in="a person signed in",
    person__sign_in_refused="a sign-in was refused",
    person__changed="details of a login were changed by platform staff",
)
