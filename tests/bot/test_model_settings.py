"""The settings of the chat model, and the duty of whoever sends words abroad."""

from __future__ import annotations

import pytest

from bot.errors import BadSettings
from bot.model_settings import abroad
from bot.settings import load_settings


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(str(tmp_path))


def test_without_a_name_there_is_no_model() -> None:
    settings = load_settings()
    assert settings.llm_model == "" and settings.model_reads and settings.model_words


@pytest.mark.parametrize(
    ("model", "address"),
    [
        ("ollama:qwen3:8b", ""),
        ("openai:qwen", "http://127.0.0.1:8080/v1"),
        ("openai:qwen", "http://10.1.2.3:8080/v1"),
        ("openai:qwen", "http://vllm:8000/v1"),
        ("openai:qwen", "https://llm.quangngai.gov.vn/v1"),
    ],
)
def test_a_model_in_the_country_needs_nothing_more(model: str, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLM_MODEL", model)
    monkeypatch.setenv("LLM_BASE_URL", address)
    assert load_settings().llm_model == model


@pytest.mark.parametrize(
    ("model", "address"),
    [
        ("openai:gpt-5", ""),
        ("anthropic:claude", ""),
        ("google_genai:gemini", ""),
        ("openai:qwen", "https://api.example.com/v1"),
        ("ollama:qwen3", "http://8.8.8.8:11434"),
    ],
)
def test_a_model_abroad_needs_its_dossier_and_the_law_is_named(
    model: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LLM_MODEL", model)
    monkeypatch.setenv("LLM_BASE_URL", address)
    with pytest.raises(BadSettings, match=r"LLM_ABROAD_DOSSIER.*Điều 20 Luật 91/2025/QH15"):
        load_settings()
    monkeypatch.setenv("LLM_ABROAD_DOSSIER", "12/HS-SNV ngày 3/11/2026")
    assert load_settings().llm_model == model
    monkeypatch.delenv("LLM_ABROAD_DOSSIER")
    monkeypatch.setenv("LLM_IN_VIETNAM", "true")
    assert load_settings().llm_model == model


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("LLM_MODEL", "gpt-5", "nhà cung cấp"),
        ("LLM_USES", "wording,tools", "understanding, wording"),
        ("LLM_BASE_URL", "127.0.0.1:8080", "http"),
        ("LLM_SECONDS", "30", "LLM_SECONDS"),
    ],
)
def test_a_wrong_value_is_one_line_with_its_name(
    name: str, value: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings, match=told) as refused:
        load_settings()
    assert "\n" not in str(refused.value)


def test_one_use_can_be_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLM_USES", "wording")
    settings = load_settings()
    assert settings.model_words and not settings.model_reads


@pytest.mark.parametrize(
    ("host", "far"),
    [
        ("localhost", False),
        ("::1", False),
        ("192.168.1.9", False),
        ("llm.bhxh.gov.vn", False),
        ("evil-gov.vn.com", True),
        ("1.1.1.1", True),
    ],
)
def test_where_a_server_is_taken_to_be(host: str, far: bool) -> None:
    assert abroad(host) is far
