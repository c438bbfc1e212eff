"""Every write about business cases."""
