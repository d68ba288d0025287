"""The learner's pages, and what staff read of a portfolio."""
