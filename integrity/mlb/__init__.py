"""What knows baseball: the demo's legacy database."""
