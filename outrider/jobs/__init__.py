"""Durable jobs and schedules on PgQueuer: enqueued in the caller's transaction, delivered at least once."""

from outrider.jobs.definition import Job, JobContext, job, schedule

__all__ = ["Job", "JobContext", "job", "schedule"]
