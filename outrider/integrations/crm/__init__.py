"""Customer-relationship systems: HubSpot, Salesforce, any system with webhooks, and tables of our own."""
