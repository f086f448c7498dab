"""Who is told of which facts, and how: rules, the list in the application, outgoing webhooks, and what became of each."""
