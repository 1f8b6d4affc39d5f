"""Ways to reach a person, one file each: a `Kind` says what an administrator fills in and sends one letter."""
