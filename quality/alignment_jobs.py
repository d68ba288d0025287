"""What the approval of an alignment and the worker that makes its paper both need to know."""

PAPER_TASK = "quality.alignment_tasks.render_alignment_paper"
TEMPLATE_VERSION = 2
