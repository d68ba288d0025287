"""What quality assurers check."""

from django.apps import AppConfig


class QualityConfig(AppConfig):
    """What quality assurers check."""

    name = "quality"

    def ready(self) -> None:
        """Let the learner's pages say how far their work is confirmed, and what a move kept."""
        from assessment.verification import find_also_with
        from portfolios.kept import tell_kept_with
        from portfolios.standing import tell_standing_with
        from quality.alignment_check import find_alignment_paper
        from quality.queries.kept import kept_by_registrations
        from quality.queries.standings import confirmed_of_submissions

        find_also_with(find_alignment_paper)
        tell_standing_with(confirmed_of_submissions)
        tell_kept_with(kept_by_registrations)
