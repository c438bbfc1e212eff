"""Every write to policies and signatures, one module for each thing people do."""
