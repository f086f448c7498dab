"""Tables of people, their consent, lists and imports."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ARRAY, CheckConstraint, Computed, ForeignKey, Index, SmallInteger, Text, func, literal_column, text
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from outrider.db.base import Base, HasId, HasTimes
from outrider.leads.folding import search_vector

SEARCHED = "(name || ' ' || coalesce(company, '') || ' ' || coalesce(email, '') || ' ' || coalesce(title, ''))"


class Lead(HasId, HasTimes, Base):
    """A person to reach."""

    __tablename__ = "leads"

    name: Mapped[str] = mapped_column(Text, server_default="")
    phone: Mapped[str | None] = mapped_column(Text)
    """E.164; unique. A lead without a phone must have an e-mail address."""
    email: Mapped[str | None] = mapped_column(Text)
    """Lower case. Unique among the leads without a phone; people with phones may share one."""
    company: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str | None] = mapped_column(Text)
    industry: Mapped[str | None] = mapped_column(Text)
    company_size: Mapped[str | None] = mapped_column(Text)
    notes: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(Text)

    street: Mapped[str | None] = mapped_column(Text)
    city: Mapped[str | None] = mapped_column(Text)
    region: Mapped[str | None] = mapped_column(Text)
    """State or province without the country, as in `CA`; from the address, else from the number."""
    postal_code: Mapped[str | None] = mapped_column(Text)
    country: Mapped[str | None] = mapped_column(Text)
    """ISO 3166-1 alpha-2; from the address, else from the number."""
    time_zone: Mapped[str | None] = mapped_column(Text)
    """The IANA zone that somebody gave for this person; wins over number and address."""
    time_zones: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    """Every IANA zone the person may be in; quiet hours must be kept in all of them."""
    derived: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    """Which of `country` and `region` came from the number: they follow it when it changes."""

    attributes: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    source: Mapped[str | None] = mapped_column(Text)
    score: Mapped[int | None] = mapped_column(SmallInteger)
    tier: Mapped[str | None] = mapped_column(Text)
    import_id: Mapped[int | None] = mapped_column(ForeignKey("lead_imports.id", ondelete="SET NULL"))
    """The import that wrote this lead last …"""
    import_line: Mapped[int | None]
    """… and the line of its file."""

    version: Mapped[int] = mapped_column(server_default="1")
    """Counts the changes of what describes the person, so that an edit knows whether it began with what is stored."""
    field_versions: Mapped[dict[str, int]] = mapped_column(JSONB, server_default=text("'{}'"), deferred=True)
    """By field, `attributes.plan` for one attribute: the version that its last change made. Unchanged ones are missing."""

    search: Mapped[str] = mapped_column(TSVECTOR, Computed(search_vector(SEARCHED), persisted=True), deferred=True)

    __table_args__ = (
        CheckConstraint("phone ~ '^\\+[1-9][0-9]{6,14}$'", name="phone_is_e164"),
        CheckConstraint("phone IS NOT NULL OR email IS NOT NULL", name="can_be_reached"),
        CheckConstraint("score BETWEEN 0 AND 100", name="score_is_percent"),
        CheckConstraint("tier IN ('A','B','C','D')", name="tier_is_known"),
        # By bytes, so that the beginning of a number can be looked up whatever the database's collation is.
        Index(
            "uq_leads_phone",
            "phone",
            unique=True,
            postgresql_ops={"phone": "text_pattern_ops"},
            postgresql_where=text("phone IS NOT NULL"),
        ),
        Index("uq_leads_email_without_phone", "email", unique=True, postgresql_where=text("phone IS NULL")),
        Index("ix_leads_email", "email", postgresql_where=text("email IS NOT NULL")),
        Index("ix_leads_no_email", "id", postgresql_where=text("email IS NULL")),
        Index(
            "ix_leads_phone_end",
            literal_column("reverse(phone)").label("phone_end"),
            postgresql_ops={"phone_end": "text_pattern_ops"},
            postgresql_where=text("phone IS NOT NULL"),
        ),
        Index("ix_leads_search", "search", postgresql_using="gin"),
        Index("ix_leads_attributes", "attributes", postgresql_using="gin", postgresql_ops={"attributes": "jsonb_path_ops"}),
        # One index per sort, each with the id as its last column: pages are read by position, never by counting.
        Index("ix_leads_created_at_id", "created_at", "id"),
        Index("ix_leads_updated_at_id", "updated_at", "id"),
        Index("ix_leads_name_id", text("lower(name)"), "id"),
        Index("ix_leads_company_id", text("lower(coalesce(company, ''))"), "id"),
        Index("ix_leads_score_id", text("coalesce(score, -1)"), "id"),
        Index("ix_leads_industry", "industry", postgresql_where=text("industry IS NOT NULL")),
        Index("ix_leads_tier", "tier", postgresql_where=text("tier IS NOT NULL")),
        Index("ix_leads_source", "source", postgresql_where=text("source IS NOT NULL")),
        Index("ix_leads_country", "country", postgresql_where=text("country IS NOT NULL")),
        # With the country, for the two are asked for together: a region of another country is known to be none at once.
        Index("ix_leads_region_country", "region", "country", postgresql_where=text("region IS NOT NULL")),
        Index("ix_leads_import_id", "import_id", postgresql_where=text("import_id IS NOT NULL")),
    )


class ConsentChannel(StrEnum):
    SMS = "sms"
    VOICE = "voice"
    EMAIL = "email"


class ConsentKind(StrEnum):
    WRITTEN = "written"
    """Prior express written consent: needed for marketing texts in the United States."""
    EXPRESS = "express"
    IMPLIED = "implied"
    """An existing business relationship or an enquiry."""


class LeadConsent(HasId, Base):
    """Evidence that a person agreed to be contacted; revocation closes the row and keeps it."""

    __tablename__ = "lead_consents"

    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), index=True)
    channel: Mapped[ConsentChannel] = mapped_column(Text)
    kind: Mapped[ConsentKind] = mapped_column(Text)
    method: Mapped[str | None] = mapped_column(Text)
    """How it was given: `web_form`, `keyword`, `paper`, `call` …"""
    source: Mapped[str | None] = mapped_column(Text)
    """Where: the address of the form, the file, the event."""
    obtained_at: Mapped[datetime | None]
    evidence: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    revoked_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        CheckConstraint("channel IN ('sms','voice','email')", name="channel_is_known"),
        CheckConstraint("kind IN ('written','express','implied')", name="kind_is_known"),
        Index("uq_lead_consents_open", "channel", "lead_id", unique=True, postgresql_where=text("revoked_at IS NULL")),
    )


class LeadList(HasId, HasTimes, Base):
    """A named set of leads."""

    __tablename__ = "lead_lists"

    name: Mapped[str] = mapped_column(Text, unique=True)
    description: Mapped[str] = mapped_column(Text, server_default="")


class LeadListMember(Base):
    __tablename__ = "lead_list_members"

    list_id: Mapped[int] = mapped_column(ForeignKey("lead_lists.id", ondelete="CASCADE"), primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), primary_key=True, index=True)
    added_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ImportStatus(StrEnum):
    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"


class LeadImport(HasId, HasTimes, Base):
    """One file on its way into the leads, with its figures."""

    __tablename__ = "lead_imports"

    filename: Mapped[str] = mapped_column(Text)
    path: Mapped[str] = mapped_column(Text)
    """Where the uploaded file lies, relative to the data folder; absolute for a file that stays where it is."""
    content_hash: Mapped[str] = mapped_column(Text, index=True)
    """SHA-256 of the file: importing the same file with the same options again changes nothing."""
    status: Mapped[ImportStatus] = mapped_column(Text, server_default=ImportStatus.PENDING)
    options: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    """Column mapping, default region, list, consent for all rows …"""
    detected: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    """What the file turned out to be: delimiter, encoding, header, mapping."""
    rows_read: Mapped[int] = mapped_column(server_default="0")
    rows_created: Mapped[int] = mapped_column(server_default="0")
    rows_updated: Mapped[int] = mapped_column(server_default="0")
    rows_unchanged: Mapped[int] = mapped_column(server_default="0")
    rows_duplicate: Mapped[int] = mapped_column(server_default="0")
    """Rows that name a person whom another row of the same file names."""
    rows_rejected: Mapped[int] = mapped_column(server_default="0")
    total_bytes: Mapped[int] = mapped_column(server_default="0")
    done_bytes: Mapped[int] = mapped_column(server_default="0")
    error: Mapped[str | None] = mapped_column(Text)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class LeadImportMember(Base):
    """A lead that an import's file names, though another import wrote it last: it was known already, or changed again later.

    Together with the leads whose `import_id` it is, these are everybody in the file.
    """

    __tablename__ = "lead_import_members"

    import_id: Mapped[int] = mapped_column(ForeignKey("lead_imports.id", ondelete="CASCADE"), primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), primary_key=True, index=True)


class LeadImportRejection(Base):
    """A row of the file that did not become a lead, or became one without some of its values, with the reason."""

    __tablename__ = "lead_import_rejections"

    import_id: Mapped[int] = mapped_column(ForeignKey("lead_imports.id", ondelete="CASCADE"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    """Line in the file, counted from 1 with the header."""
    kept: Mapped[bool] = mapped_column(server_default=text("false"))
    """The row became a lead; only the named values were left out."""
    reason: Mapped[str] = mapped_column(Text)
    row: Mapped[dict[str, Any]] = mapped_column(JSONB)
