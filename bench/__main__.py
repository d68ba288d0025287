"""Runs every measurement and prints one table for each."""

from bench.paper import print_paper_figures

if __name__ == "__main__":
    print_paper_figures()
