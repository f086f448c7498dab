"""What providers know about a person and their company: the port, its adapters, and their breaker and cache."""
