"""Pages of policies: reading and signing, writing and publishing, who has signed."""
