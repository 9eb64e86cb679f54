"""From a project to a reviewable plan: stages, hazards, data profile, files, explanations."""
