"""What the performance figures in `docs/` are measured with. `make bench` runs it."""
