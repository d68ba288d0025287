"""The ledger's action names of this app."""

from centres.ledger import register_actions

register_actions(
    sheet__signed="an assessor signed a sheet",
    sheet__returned="quality assurance returned a decision to its assessor",
    document__queued="a paper was queued",
    document__issued="a paper was made, sealed and issued",
    document__failed="a paper could not be made",
)
