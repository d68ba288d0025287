"""What the heavy parts cost, measured by hand with `make bench` and asserted nowhere."""
