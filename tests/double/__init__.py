"""A test double of the Cerebras inference API: a real server that is told what to say."""

from tests.double.answers import Answer
from tests.double.dialects import DIALECTS, Dialect
from tests.double.errors import Failure
from tests.double.limits import Limits
from tests.double.recorded import RecordedRequest
from tests.double.server import CerebrasDouble

__all__ = [
    "DIALECTS",
    "Answer",
    "CerebrasDouble",
    "Dialect",
    "Failure",
    "Limits",
    "RecordedRequest",
]
