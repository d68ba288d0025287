"""What quality assurers check."""

from django.apps import AppConfig


class QualityConfig(AppConfig):
    """What quality assurers check."""

    name = "quality"

    def ready(self) -> None:
        """Let lower apps say how far work is confirmed, what a move kept, and which programme."""
        from assessment.verification import find_also_with
        from centres.programmes import tell_programme_with
        from portfolios.kept import tell_kept_with
        from portfolios.programme import tell_programme_criteria_with
        from portfolios.standing import tell_standing_with
        from quality.alignment_check import find_alignment_paper
        from quality.queries.alignment_learners import (
            programmes_of_criteria,
            programmes_of_registrations,
        )
        from quality.queries.kept import kept_by_registrations
        from quality.queries.standings import confirmed_of_submissions

        find_also_with(find_alignment_paper)
        tell_standing_with(confirmed_of_submissions)
        tell_kept_with(kept_by_registrations)
        tell_programme_with(programmes_of_registrations)
        tell_programme_criteria_with(programmes_of_criteria)
