"""Reads of library: installed packs by digest, and which pack governs which organisation."""
