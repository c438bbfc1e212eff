"""Every write to people and schools. One verb each; `by=None` means the portal itself."""
