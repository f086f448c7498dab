"""The model providers. A file is one provider; `build` imports it when the first model of it is asked for."""
