"""Pages about a centre's people and registrations."""
