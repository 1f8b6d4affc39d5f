"""Ways to reach a person, one file each: `send(message, address)` returns None, or a sentence why it failed."""
