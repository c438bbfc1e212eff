"""What the record says in words about files."""

WORDS = {
    "file.store": "kept a file",
    "file.forget": "erased a file that nobody needed",
}
