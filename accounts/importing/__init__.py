"""An existing list of accounts: its columns, its rows, and what it would put on the register."""
