"""What the API answers to a request: routes, checks, limits and the scripted answers."""

import time
import uuid
from collections.abc import Callable, Iterable

from tests import canary
from tests.double import catalog
from tests.double.answers import Answer
from tests.double.checks import check_format, check_key
from tests.double.dialects import DIALECTS
from tests.double.errors import MODEL_NOT_FOUND, Failure
from tests.double.limits import Limits, prompt_estimate, reservation
from tests.double.recorded import RecordedRequest
from tests.double.replies import answered, body, document, refusal
from tests.double.script import Reply
from tests.double.wire import Call, Wire


class Api:
    """The API without its sockets."""

    def __init__(
        self,
        *,
        default: Answer | None = None,
        models: Iterable[str] = catalog.MODELS,
        key: str = canary.KEY,
        dialect: str = "cerebras",
        limits: Callable[[], Limits] | None = None,
    ) -> None:
        """Set up; `limits` makes one set of rate limits for each model, as Cerebras keeps them."""
        self.key = key
        self.models = list(models)
        self.default = default or Answer()
        self.answers: dict[str, Answer | list[Answer]] = {}  # by model; the last of a list repeats
        self.choose: Callable[[RecordedRequest], Answer | None] | None = None  # asked first
        self.dialect = DIALECTS[dialect]
        self._make_limits = limits or (lambda: Limits(enforced=False))
        self._limits: dict[str, Limits] = {}
        self._unused: dict[RecordedRequest, int] = {}  # tokens
        self._answered = 0

    def respond(self, request: RecordedRequest) -> Reply:
        """The response to a request, as Cerebras routes it."""
        known = list(dict.fromkeys([*self.models, *self.answers]))
        public = "/public/v1/models"
        match request.method, request.path:
            case "POST", "/v1/chat/completions":
                reply = self._chat(request, known)
            case "GET", "/v1/models":
                failure = check_key(request, self.key, self.dialect)
                reply = (
                    refusal(failure, self.dialect)
                    if failure
                    else document(catalog.model_list(known))
                )
            case "GET", "/v1/tcp_warming":
                reply = body(b"", "text/plain")
            case "GET", path if path == public:
                return document(catalog.public_list(known))
            case "GET", path if path.removeprefix(f"{public}/") in known:
                return document(catalog.public_entry(path.removeprefix(f"{public}/")))
            case _:
                return body(b"", "text/plain", 404)
        if self.dialect.name == "cerebras":
            # What the answer's own headers say wins.
            reply.headers = self._limits_of(request.model).headers() | reply.headers
        return reply

    def settle(self, request: RecordedRequest) -> None:
        """Give back what an answered request had reserved and not used."""
        unused = self._unused.pop(request, None)
        if unused is not None:
            self._limits_of(request.model).give_back(unused)

    def _chat(self, request: RecordedRequest, known: list[str]) -> Reply:
        failure = self._refuses(request, known)
        if failure:
            return refusal(failure, self.dialect)
        asked = request.body
        self._answered += 1
        call = Call(
            id=f"chatcmpl-{uuid.UUID(int=self._answered)}",
            model=request.model,
            created=int(time.time()),
            prompt_tokens=prompt_estimate(asked),
            asks_usage=bool((asked.get("stream_options") or {}).get("include_usage")),
            asks_perf=bool(asked.get("perf_metrics_in_response")),
        )
        answer = self._next_answer(request)
        tally = Wire(answer, call, self.dialect).tally()
        used = 0 if answer.failure else tally.prompt + tally.completion
        self._unused[request] = max(0, reservation(asked) - used)
        return answered(answer, call, self.dialect, stream=bool(asked.get("stream")))

    def _refuses(self, request: RecordedRequest, known: list[str]) -> Failure | None:
        failure = check_key(request, self.key, self.dialect) or check_format(request, self.dialect)
        if failure:
            return failure
        if request.model not in known:
            return MODEL_NOT_FOUND
        return self._limits_of(request.model).reserve(reservation(request.body))

    def _next_answer(self, request: RecordedRequest) -> Answer:
        chosen = self.choose(request) if self.choose else None
        scripted = chosen or self.answers.get(request.model) or self.default
        if isinstance(scripted, list):
            return scripted.pop(0) if len(scripted) > 1 else scripted[0]
        return scripted

    def _limits_of(self, model: str) -> Limits:
        return self._limits.setdefault(model, self._make_limits())
