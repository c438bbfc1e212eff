"""What `make` calls. Nothing here runs in production."""
