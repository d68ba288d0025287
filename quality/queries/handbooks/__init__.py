"""What the pages of handbooks read."""
