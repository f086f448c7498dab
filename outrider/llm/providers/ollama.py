"""Ollama: language models on machines of one's own.

API: https://docs.ollama.com/api/chat. It has no way to make a model ask for a tool, and answers either with tools or in
the form of a schema; where a request wants both, the schema is put into the prompt.
"""

from __future__ import annotations

from typing import Any

import httpx
import ollama
from langchain_ollama import ChatOllama

from outrider.llm.base import ChatRequest, ModelError, ModelUnavailable
from outrider.llm.providers.connections import CONNECT_SECONDS, IDLE_CONNECTION_SECONDS, MOST_CONNECTIONS
from outrider.llm.providers.failures import (
    TRANSPORT_FAILURES,
    Access,
    quoted,
    status_failure,
    transport_failure,
)
from outrider.llm.providers.langchain_model import LangChainModel, openai_tools

OLLAMA_URL = "http://127.0.0.1:11434"
ACCESS = Access(key="Put the user and password of the server into OLLAMA_BASE_URL.", address="OLLAMA_BASE_URL")


class Ollama(LangChainModel):
    """A chat model behind Ollama's own API."""

    failures = (ollama.ResponseError, *TRANSPORT_FAILURES)

    def __init__(self, model: str, *, base_url: str | None = None, timeout: float = 30.0):
        """A model of the server at `base_url`, of this machine's if None. `timeout`: seconds that one call may wait."""
        limits = httpx.Limits(
            max_connections=MOST_CONNECTIONS,
            max_keepalive_connections=MOST_CONNECTIONS,
            keepalive_expiry=IDLE_CONNECTION_SECONDS,
        )
        waits = httpx.Timeout(timeout, connect=min(CONNECT_SECONDS, timeout))
        self._model = ChatOllama(
            model=model,
            base_url=base_url or OLLAMA_URL,
            async_client_kwargs={"timeout": waits, "limits": limits},
            cache=False,
        )
        super().__init__(f"ollama:{model}", provider="ollama", chat=self._model, timeout=timeout)

    async def aclose(self) -> None:
        await self._model._async_client.close()  # type: ignore[no-untyped-call]
        self._model._client.close()  # type: ignore[no-untyped-call]

    def _parameters(self, request: ChatRequest) -> dict[str, Any]:
        options: dict[str, Any] = {"temperature": request.temperature}
        if request.max_tokens is not None:
            options["num_predict"] = request.max_tokens
        parameters: dict[str, Any] = {"messages": self._prompt(request), "options": options}
        if request.tools and request.tool_choice != "none":
            parameters |= {"tools": openai_tools(request), "messages": self._instructed(request)}
        elif request.output is not None:
            parameters["format"] = dict(request.output.schema)
        return parameters

    def _named(self, error: Exception) -> ModelError:
        if not isinstance(error, ollama.ResponseError):
            return transport_failure(error, self.name, ACCESS)
        if error.status_code < 300:
            return ModelUnavailable(f"{self.name} broke off: {quoted(str(error.error))}")
        # The SDK drops the headers; the error of its HTTP client, which it was made of, has them.
        answered = error.__context__
        headers = answered.response.headers if isinstance(answered, httpx.HTTPStatusError) else {}
        return status_failure(error.status_code, self.name, ACCESS, str(error.error), headers)
