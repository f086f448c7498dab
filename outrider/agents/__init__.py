"""What an agent is: prompt, tools, guardrails, one turn."""
