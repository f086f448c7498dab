"""The installation's own table of companies: what is known without asking a provider."""
