"""What can be done with companies: import, list, delete; and the table as enrichment reads it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.db.engine import Database
from outrider.db.pages import Page, read_order
from outrider.errors import NotFound
from outrider.integrations.enrichment.base import FactName
from outrider.integrations.enrichment.local import CompanyRecord
from outrider.leads.companies import repository
from outrider.leads.companies.models import Company
from outrider.leads.companies.reading import CompanyFile
from outrider.leads.companies.schemas import CompanyImport, CompanyOut, RejectedCompany

AT_ONCE = 500
FACTS: Mapping[FactName, str] = {
    FactName.NAME: "name", FactName.DOMAIN: "domain", FactName.INDUSTRY: "industry", FactName.EMPLOYEES: "employees",
    FactName.FOUNDED_YEAR: "founded_year", FactName.REVENUE: "revenue", FactName.DESCRIPTION: "description",
    FactName.CITY: "city", FactName.REGION: "region", FactName.COUNTRY: "country",
}  # fmt: skip
MARKET: Mapping[FactName, str] = {
    FactName.TECHNOLOGY: "technologies", FactName.COMPETITOR: "competitors", FactName.NOTE: "notes",
}  # fmt: skip


async def import_companies(session: AsyncSession, read: CompanyFile, source: str) -> CompanyImport:
    """Write what a file told. The same file again changes nothing but the time."""
    created = updated = 0
    for by_domain in (True, False):
        rows = [{**company, "source": source} for (_, has_domain), company in read.companies.items() if has_domain is by_domain]
        for start in range(0, len(rows), AT_ONCE):
            news, known = await repository.upsert(session, rows[start : start + AT_ONCE], by_domain=by_domain)
            created, updated = created + news, updated + known
    return CompanyImport(
        columns=read.columns,
        rows=read.rows,
        created=created,
        updated=updated,
        duplicates=read.duplicates,
        rejected=read.rejected,
        problems=[RejectedCompany(line=line, reason=reason) for line, reason in read.problems],
    )


async def list_companies(session: AsyncSession, search: str | None, cursor: str | None, limit: int) -> Page[CompanyOut]:
    """
    Raises:
        InvalidInput: the cursor is none of this list.
    """
    order = read_order("name", repository.SORTS, Company.__table__.c.id)
    rows, next_cursor = await repository.page(session, search, order, cursor, limit)
    return Page(items=[CompanyOut.model_validate(row._asdict()) for row in rows], next_cursor=next_cursor)


async def delete_company(session: AsyncSession, company_id: int) -> None:
    """
    Raises:
        NotFound: no such company.
    """
    if not await repository.remove(session, company_id):
        raise NotFound(f"There is no company {company_id}.")


class CompanyTable:
    """The table as a `CompanyDirectory`."""

    def __init__(self, database: Database):
        self._database = database

    async def find(self, domain: str | None, name_key: str | None) -> CompanyRecord | None:
        async with self._database.transaction() as session:
            company = await repository.find(session, domain, name_key)
        if company is None:
            return None
        values = {name: str(value) for name, field in FACTS.items() if (value := getattr(company, field)) not in (None, "")}
        market = {name: getattr(company, field) for name, field in MARKET.items()}
        return CompanyRecord(values, domain is not None and company.domain == domain, company.updated_at, market)
