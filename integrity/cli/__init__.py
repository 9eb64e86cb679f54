"""The command line: one file per command or group; parse, call, print."""
