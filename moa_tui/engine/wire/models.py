"""The list of the models that a provider serves."""

import msgspec

from moa_tui.engine.wire.errors import WireError
from moa_tui.text import clean_line


class _Model(msgspec.Struct):
    id: str = ""


class _Models(msgspec.Struct):
    data: list[_Model]


_decode = msgspec.json.Decoder(_Models).decode


def read_model_names(body: bytes) -> list[str]:
    """Return the names in a response to GET /models; raises WireError where it holds no list."""
    try:
        models = _decode(body).data
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        start = body[:200].decode("utf-8", "replace").strip()
        raise WireError(f"no list of models: {start}" if start else "no list of models") from None
    return sorted({clean_line(model.id) for model in models if model.id})
