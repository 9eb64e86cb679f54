"""What stands and what ran, for people and for monitoring: status, metrics, schedules."""
