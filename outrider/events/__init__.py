"""Facts travel up: a lower folder publishes, an upper one subscribes."""
