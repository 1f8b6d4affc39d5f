"""Writes of documents: reports and forms owed under a plan, rendered from a case at a given event."""
