"""Reading the data files (`*.yaml`) that come along or are kept by an office."""

from __future__ import annotations

from typing import Any

import yaml

# libyaml's parser, some eight times faster, where PyYAML was built with it; both read the same.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_yaml(text: str) -> Any:
    """What `text` says as plain values. Raises yaml.YAMLError."""
    return yaml.load(text, Loader=_Loader)  # noqa: S506  a safe loader
