"""Leads in step with a CRM: contacts in, activities, outcomes and opt-outs back; and spreadsheets in and out."""
