"""`with_haystack.py WEIGHTS PASSAGES`: Haystack's pipeline of text embedder and embedding retriever, documents in memory."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from asked import SHOWN, answer_on_stdin
from haystack import Document, Pipeline
from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)


def main(weights: str, passages: str) -> None:
    """One store; a company's documents are told apart by their meta data, as Haystack's filters do."""
    texts = json.loads(Path(passages).read_text(encoding="utf-8"))
    documents = [
        Document(content=read, meta={"company": company, "quote": quote})
        for company, pairs in texts.items()
        for read, quote in pairs
    ]
    embedder = SentenceTransformersDocumentEmbedder(model=weights, progress_bar=False)
    embedder.warm_up()
    store = InMemoryDocumentStore(embedding_similarity_function="cosine")
    store.write_documents(embedder.run(documents)["documents"])
    pipeline = Pipeline()
    pipeline.add_component("embedder", SentenceTransformersTextEmbedder(model=weights, progress_bar=False))
    pipeline.add_component("retriever", InMemoryEmbeddingRetriever(store, top_k=SHOWN))
    pipeline.connect("embedder.embedding", "retriever.query_embedding")

    def search(company: str, question: str) -> list[str]:
        of_company = {"field": "meta.company", "operator": "==", "value": company}
        found = pipeline.run({"embedder": {"text": question}, "retriever": {"filters": of_company}})
        return [document.meta["quote"] for document in found["retriever"]["documents"]]

    answer_on_stdin(search)


main(*sys.argv[1:])
