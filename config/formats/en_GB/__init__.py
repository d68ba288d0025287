"""British dates without leading zeros."""
