"""What is done with leads in the background."""

from __future__ import annotations

from outrider.errors import InvalidInput
from outrider.jobs import JobContext, job
from outrider.leads.importing import service
from outrider.leads.importing.run import run_import

IMPORT_ATTEMPTS = 8


@job("leads.import", max_attempts=IMPORT_ATTEMPTS, is_bulk=True)
async def import_leads(context: JobContext, import_id: int) -> None:
    """Carry an uploaded file's import to its end. Delivered again, it continues after the last committed batch."""
    try:
        await run_import(context.database, import_id)
    except InvalidInput as error:
        # The file itself is at fault; trying again can't help.
        async with context.transaction() as session:
            await service.fail(session, import_id, error.detail)
    except Exception as error:
        if context.attempt + 1 >= IMPORT_ATTEMPTS:
            async with context.transaction() as session:
                await service.fail(session, import_id, f"{type(error).__name__}: the import was given up; see the worker's log")
        raise
