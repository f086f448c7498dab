"""Ways to tell people and other systems something: e-mail, Slack, texts, signed webhooks. Each passes the same contract."""
