"""Every write to a case: a module for each noun, a function for each verb."""
