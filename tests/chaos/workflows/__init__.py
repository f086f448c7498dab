"""A worker is killed in and between all steps of workflows; what the carrier and others outside have is counted."""
