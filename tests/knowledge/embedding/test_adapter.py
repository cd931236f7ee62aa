from __future__ import annotations

import numpy as np
from langchain_core.vectorstores import InMemoryVectorStore

from knowledge.embedding import HashingEmbedder
from knowledge.embedding.adapter import LangChainEmbeddings


def test_a_langchain_store_finds_through_it() -> None:
    store = InMemoryVectorStore(LangChainEmbeddings(HashingEmbedder()))
    store.add_texts(["mức đóng hằng tháng", "trợ cấp thai sản", "lương hưu hằng tháng"])
    assert store.similarity_search("trợ cấp thai sản khi sinh con", k=1)[0].page_content == "trợ cấp thai sản"


def test_numbers_are_plain_and_the_same() -> None:
    embedder = HashingEmbedder()
    adapter = LangChainEmbeddings(embedder)
    query, documents = adapter.embed_query("a"), adapter.embed_documents(["a", "b c"])
    assert type(query) is list and type(query[0]) is float and type(documents[0]) is list
    assert np.array_equal(np.array(query, np.float32), embedder.embed_query("a"))
    assert np.array_equal(np.array(documents, np.float32), embedder.embed_documents(["a", "b c"]))
    assert adapter.embed_documents([]) == []
