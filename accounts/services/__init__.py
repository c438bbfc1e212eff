"""Every write about social media accounts."""
