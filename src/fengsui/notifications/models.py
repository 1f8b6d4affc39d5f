"""Tables of notifications: follows the event log and delivers notices through an outbox."""
