"""A plan for people: terminal text, Markdown and one HTML page. Each says the same."""
