"""The ledger's action names of this app."""

from centres.ledger import register_actions

# Internal quality assurance.
register_actions(
    plan__drafted="a sampling plan was drafted, or its draft changed",
    plan__approved="the lead internal quality assurer approved a sampling plan",
    sample__chosen="work was chosen for internal quality assurance",
    draw__made="a seeded draw was made from the unsampled decisions",
    review__taken_over="the lead internal quality assurer took a review over",
    review__signed="an internal quality assurer signed a review",
    action__raised="an action was required of somebody",
    action__answered="its owner answered a required action",
    action__closed="another person closed a required action",
    release__signed="the lead internal quality assurer released unsampled work",
)

# External quality assurance, confirmations and holds.
register_actions(
    visit__arranged="a visit of an external quality assurer was arranged",
    visit__published="the external quality assurer published choices",
    visit__closed="the external quality assurer signed a visit",
    report__recorded="the centre recorded an external report",
    direct_claims__recorded="a direct-claims status was recorded",
    direct_claims__confirmed="a second person confirmed a direct-claims status",
    direct_claims__ended="a direct-claims status was ended",
    work__claimed="results were claimed under a direct-claims status",
    hold__placed="work was put on hold",
    hold__lifted="a hold was lifted",
)

# Moves.
register_actions(
    decisions__kept="passes were kept in a move to a newer version",
)

# Approvals.
register_actions(
    approval_paper__added="a paper was added to an approval",
    approval_paper__withdrawn="a paper of an approval was withdrawn",
)

# Handbooks.
register_actions(
    handbook__imported="a handbook was handed in to be read",
    handbook__read="a handbook was read",
    handbook__refused="a handbook could not be read",
    handbook__drafted="a draft of the centre’s own was made from a handbook",
    handbook__answered="doubtful readings of a handbook were answered for",
    handbook__revised="a draft made from a handbook was changed",
    handbook__published="a version of the centre’s own was published from a handbook",
    handbook__discarded="a handbook’s import was given up",
    handbook__cleared="a closed import of a handbook was taken out of the list",
)

# Alignments.
register_actions(
    alignment__started="an alignment of a programme, or its next version, was begun",
    alignment__approved="an alignment of a programme was approved by name",
    alignment__discarded="a draft of an alignment was discarded",
    programme__followed="a registration was placed on an approved programme",
    programme__ended="a registration follows its programme no longer",
)
