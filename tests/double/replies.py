"""An Answer as a Reply: headers, and the script with its waits, gates and faults."""

from tests.double.answers import Answer
from tests.double.dialects import Dialect
from tests.double.errors import Failure
from tests.double.script import Head, Hold, Reply, Send, Step, Wait, batched
from tests.double.wire import Call, Wire, encoded

EVENT_STREAM = "text/event-stream; charset=utf-8"  # as recorded
_ID_HEADERS = {"cerebras": "inference-id", "openrouter": "x-generation-id"}


def document(value: object, status: int = 200) -> Reply:
    """A JSON response."""
    return body(encoded(value), "application/json", status)


def body(data: bytes, content_type: str, status: int = 200) -> Reply:
    """A response with a body of known length."""
    headers = {"content-type": content_type, "content-length": str(len(data))}
    return Reply(status, headers, [Head(), Send(data)] if data else [Head()])


def refusal(failure: Failure, dialect: Dialect) -> Reply:
    """A failure; all providers but Cerebras wrap the body in "error"."""
    if isinstance(failure.body, str):
        return body(failure.body.encode(), "text/html", failure.status)
    bare = dialect.name == "cerebras"
    return document(failure.body if bare else {"error": failure.body}, failure.status)


def answered(answer: Answer, call: Call, dialect: Dialect, *, stream: bool) -> Reply:
    """The response to a chat request that was accepted."""
    wire = Wire(answer, call, dialect)
    whole = encoded(wire.document())
    if answer.failure:
        reply = refusal(answer.failure, dialect)
    elif stream:
        headers = {"content-type": EVENT_STREAM, "transfer-encoding": "chunked"}
        reply = Reply(200, headers, [Head(), *wire.events()], whole)
    else:
        reply = body(whole, "application/json")
    if dialect.name in _ID_HEADERS:
        reply.headers[_ID_HEADERS[dialect.name]] = call.id
    reply.steps = _timed(answer, reply.steps)
    for fault in answer.faults:
        fault.edit(reply)
    reply.steps = batched(reply.steps, answer.batch)
    reply.headers |= answer.headers
    return reply


def _timed(answer: Answer, steps: list[Step]) -> list[Step]:
    """The steps with the answer's waits and its gate between them."""
    events = [step for step in steps if isinstance(step, Send) and step.part != "noise"]
    noise = [step for step in steps if isinstance(step, Send) and step.part == "noise"]
    gates: list[Step] = [Hold(answer.gate)] if answer.gate else []
    opening: list[Step] = [Wait(answer.ttft)] if answer.ttft else []
    head: list[Step] = [Head(), *noise]
    timed = [*head, *opening] if answer.early_head or noise else [*opening, *head]
    timed = [*gates, *timed] if answer.gate_at < 0 else timed
    for number, event in enumerate(events):
        timed += [Wait(answer.pace)] if number and answer.pace else []
        timed += gates if number == answer.gate_at else []
        timed.append(event)
    return timed
