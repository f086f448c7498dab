"""Language models behind one port: `ChatModel`, its providers, and wrappers with the same interface."""
