"""The ledger's action names of this app."""

from centres.ledger import register_actions

register_actions(
    evidence__added="a file was added as evidence",
    evidence__replaced="a newer file replaced one",
    evidence__withdrawn="an item of evidence was withdrawn",
    evidence__restored="a withdrawn item was restored",
    claim__made="evidence was claimed against a criterion",
    claim__withdrawn="a claim was withdrawn",
    claim__restored="a withdrawn claim was restored",
    claims__carried="claims went on to the same criteria of a newer version",
    submission__made="work was submitted with its declaration",
    submission__closed="a submission was decided",
    submission__reopened="a decision was returned, to be made again",
)
