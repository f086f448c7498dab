"""Definition (JSON) → compiler (LangGraph) → runs; the node library."""
