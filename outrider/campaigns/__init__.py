"""Who is reached, when, by which workflow: start, pause, resume, pacing, progress."""
