"""Vectors from OpenAI and every server that speaks its embeddings, Ollama's ``/v1`` among them."""

from collections.abc import Sequence
from typing import Any

from engine.models.embedding import Embedded, embedded
from engine.models.model import Endpoint, ModelUnavailable, Usage
from engine.models.openai import client, translated
from engine.models.transport import HttpClient, in_time

BATCH = 32
"""Texts in one request; some servers take no more."""
SHORTENED = {"text-embedding-3-small": 1536, "text-embedding-3-large": 3072}
"""Models that make shorter vectors on request, with their own dimension; others refuse the argument."""


class OpenAIEmbedder:
    """One embedding model of one server; ``dimension`` is the model's own, or a smaller one where it can shorten."""

    def __init__(self, endpoint: Endpoint, http: HttpClient, dimension: int) -> None:
        self.endpoint, self.name, self.dimension = endpoint, endpoint.name, dimension
        self._client = client(endpoint, http)
        own = SHORTENED.get(endpoint.model, dimension)
        self._shorten: dict[str, Any] = {"dimensions": dimension} if own != dimension else {}

    async def embed(self, texts: Sequence[str]) -> Embedded:
        """Return a vector for each text; raises ProviderError."""
        return await embedded(self, texts, self._made)

    async def close(self) -> None:
        """The connections belong to the shared client."""

    async def _made(self, texts: list[str]) -> tuple[list[list[float]], Usage]:
        rows: list[list[float]] = []
        tokens: int | None = 0
        for start in range(0, len(texts), BATCH):
            found, counted = await self._asked(texts[start : start + BATCH])
            rows += found
            tokens = tokens + counted if tokens is not None and counted is not None else None
        return rows, Usage(tokens, 0)

    async def _asked(self, texts: list[str]) -> tuple[list[list[float]], int | None]:
        async with in_time(self.name, self.endpoint.timeout), translated(self.name):
            answer = await self._client.embeddings.create(
                model=self.endpoint.model,
                input=texts,
                encoding_format="float",
                extra_body=dict(self.endpoint.options) or None,
                **self._shorten,
            )
        # A proxy's page with status 200 comes back as a str; rows come in any order, and a careless server leaves some out.
        data = getattr(answer, "data", None) or []
        rows = {getattr(one, "index", None): getattr(one, "embedding", None) for one in data}
        if len(data) != len(texts) or rows.keys() != set(range(len(texts))):
            raise ModelUnavailable(f"{self.name} gave an unreadable answer.")
        counted = getattr(getattr(answer, "usage", None), "prompt_tokens", None)
        return [rows[place] or [] for place in range(len(texts))], counted if isinstance(
            counted, int
        ) else None
