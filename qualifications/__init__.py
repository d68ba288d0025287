"""What can be achieved: the specifications of qualifications, shared by every centre."""
