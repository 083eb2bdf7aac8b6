"""A refusal by the provider → Failure.

Statuses, codes and bodies: the providers' API references, and what they were seen to send. What a
body says is read by `reasons`, when to ask again by `waits`; here is what it means. Codes say more
than statuses, where there are any, so an error inside of a stream goes by the same table.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from moa_tui.engine.openai_provider.asked import Asked
from moa_tui.engine.openai_provider.reasons import Reason, reason_in
from moa_tui.engine.openai_provider.waits import used_up_for_long, wait_of_quota, wait_of_server
from moa_tui.engine.provider import Failure, FailureKind
from moa_tui.text import clean_line

_TOO_LONG = (
    *("contextlength", "exceedcontextsize", "contextwindow", "prompttoolong", "stringabovemax"),
    *("maxcontext", "inputtoolong"),
)
_NO_MONEY = (
    *("insufficientquota", "paymentrequired", "insufficientbalance", "billinghardlimit"),
    *("insufficientcredit", "insufficientfunds", "arrearage", "creditexhausted"),
)
_FILTERED = (
    *("contentfilter", "contentpolicy", "responsibleai", "promptblocked", "blockedprompt"),
    *("promptfilter", "prohibitedcontent", "datainspection", "contentmoderation", "guardrail"),
    *("moderationblocked", "inputmoderation", "contentblocked", "contentmanagement", "sensitive"),
    *("safetyviolation", "safetyblocked", "unsafecontent", "policyviolation", "jailbreak"),
)
_FILTER_WORDS = re.compile(
    r"content (?:management )?(?:policy|filter)|content[- ]filtered|(?:was|been|is|are) flagged"
    r"|usage polic|safety (?:system|filter|polic)|inappropriate content|prohibited content"
    r"|blocked by (?:the |our )?(?:safety|content|guardrail|moderation)|responsible ai"
    r"|敏感|不安全|违规",
    re.IGNORECASE,
)
_RATE_LIMITED = (
    *("ratelimit", "toomanyrequests", "resourceexhausted", "throttl", "quotaexceeded"),
    *("quotaviolation", "toomanytokens", "requestlimit", "concurrencylimit"),
)
_RATE_WORDS = re.compile(
    r"rate[- ]limit|too many requests|quota (?:was |is )?exceeded", re.IGNORECASE
)
_OVERLOADED = (
    *("queueexceeded", "overload", "unavailable", "capacityexceeded", "outofcapacity"),
    *("modelcapacity", "enginebusy", "serverbusy", "modelloading", "modelnotready"),
)
_WRONG_KEY = (
    *("invalidapikey", "wrongapikey", "apikeyinvalid", "keyinvalid", "incorrectapikey"),
    *("apikeyexpired", "authenticationerror", "invalidauthentication", "unauthenticated"),
    *("authenticationfailed", "invalidkey", "missingapikey", "accesstokenexpired", "invalidtoken"),
)
_KEY_WORDS = re.compile(
    r"api[-_ ]?key|access[-_ ]?key|\bauthenticat|\bauthoriz(?:ation|ed)\b|\bunauthori[sz]ed"
    r"|credential|bearer|\baccess token|\binvalid token|invalid key|\bkey (?:is|was) ",
    re.IGNORECASE,
)
_NOT_FOR_YOU = re.compile(
    r"\bmodel|region|countr|territor|location|\bproject\b|organi[sz]ation|permission|\bplan\b"
    r"|subscri|tier\b|allow|\bIP\b|terms|verif|deploy",
    re.IGNORECASE,
)
_WINDOW = re.compile(
    r"(?:limit is|maximum context length is|context size(?: of)?) \(?(\d{3,7}|\d{1,3}(?:,\d{3})+)\b"
)
"""How servers word it: Cerebras, OpenAI and vLLM, llama.cpp."""
_LONG_WINDOWS = re.compile(
    r"per[-_ ]?(?:day|hour|week|month)|\bdaily|\bhourly|\bweekly|\bmonthly|\([TR]P[DH]\)|[TR]PD\b",
    re.IGNORECASE,
)
_NEVER_FITS = re.compile(
    r"\b[Ll]imit:? (\d[\d,]{0,12})\b.{0,60}?\b[Rr]equested:? (\d[\d,]{0,12})\b", re.DOTALL
)
"""OpenAI's and Groq's words for a token quota."""
_OVERLOADS = frozenset({425, 498, 503, 509, 529})
_HOPELESS = frozenset({501, 505, 506, 508, 510})


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a provider said instead of an answer: as an HTTP response, or inside a stream."""

    asked: Asked
    status: int | None
    body: object
    headers: Mapping[str, str] = field(default_factory=dict)
    reason: Reason = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "reason", reason_in(self.body))

    @property
    def said(self) -> str:
        """The provider's own words, fit to be shown; often none."""
        return self.asked.quote(self.reason.words)

    @property
    def by_api(self) -> str:
        """The same, but nothing of a web page: it was not the API that said it."""
        return "" if self.reason.page else self.said

    @property
    def wait(self) -> float | None:
        """The seconds that it asks for outright."""
        return wait_of_server(self.headers, self.body, self.reason.words)

    def failure(
        self, kind: FailureKind, message: str, advice: str, *, retryable: bool = False
    ) -> Failure:
        """Return a Failure that says `message` and waits as the provider asks."""
        wait = self.wait if retryable else None
        return Failure(
            kind, message, advice, retryable=retryable, retry_after=wait, status=self.status
        )


def failure_of_refusal(refusal: Refusal) -> Failure:
    """Name what a refusal means; codes say more than statuses, where there are any."""
    by_code = _by_code(refusal)
    if by_code:
        return by_code(refusal)
    status = refusal.status or 500
    if status in _TELL:
        return _TELL[status](refusal)
    if status in _OVERLOADS:
        return _overloaded(refusal)
    if 300 <= status < 400:
        return _redirected(refusal)
    if status >= 500 and status not in _HOPELESS:
        return _failed(refusal)
    return _bad_request(refusal)


def _by_code(refusal: Refusal) -> Callable[[Refusal], Failure] | None:
    """Return how the codes in a refusal, and the few words that are as good, are told."""
    reason, status = refusal.reason, refusal.status
    if reason.page:
        return _page if status == 403 else None
    if reason.has(*_TOO_LONG) or status == 413 or "context length" in reason.words.lower():
        return _too_large_for_quota if _fits_never(refusal) else _too_long
    if reason.has(*_NO_MONEY):
        return _payment
    client_fault = status is None or 400 <= status < 500
    if reason.has(*_FILTERED) or (client_fault and _FILTER_WORDS.search(reason.words)):
        return _filtered
    if client_fault and status not in (404, 429) and reason.has(*_WRONG_KEY):
        return _wrong_key
    if status in (None, 400, 403, 409, 422, 500):
        if reason.has(*_RATE_LIMITED) or _RATE_WORDS.search(reason.words):
            return _rate_limited
        if reason.has(*_OVERLOADED):
            return _overloaded
    return None


def _too_long(refusal: Refusal) -> Failure:
    advice = "shorten the question or the conversation, or lower max_tokens"
    message = f"{refusal.asked.host}: {refusal.by_api or 'the prompt is too long'}"
    failure = refusal.failure(FailureKind.TOO_LONG, message, advice)
    told = _WINDOW.search(refusal.said)
    return replace(failure, context_window=int(told[1].replace(",", ""))) if told else failure


def _payment(refusal: Refusal) -> Failure:
    message = f"{refusal.asked.host} wants to be paid first: {refusal.by_api or 'payment required'}"
    return refusal.failure(FailureKind.PAYMENT, message, "look at the provider's billing page")


def _filtered(refusal: Refusal) -> Failure:
    message = f"{refusal.asked.host} filtered it: {refusal.said or 'its content filter refused it'}"
    advice = "change the question, or this agent's system_prompt"
    return refusal.failure(FailureKind.FILTERED, message, advice)


def _wrong_key(refusal: Refusal) -> Failure:
    message = f"{refusal.asked.host} refused the key: {refusal.by_api or refusal.status}"
    return refusal.failure(FailureKind.WRONG_KEY, message, f"check {refusal.asked.variable}")


def _forbidden(refusal: Refusal) -> Failure:
    """A 403 may be about the key, about what it may use, or come from something on the way."""
    said = refusal.said
    if not said or (_KEY_WORDS.search(said) and not refusal.reason.has("model", "region")):
        return _wrong_key(refusal)
    asked = refusal.asked
    message = f"{asked.host} does not allow this ({refusal.status}): {said}"
    advice = "use another model or provider, or look at what your account there may use"
    if not _NOT_FOR_YOU.search(said):
        advice = f"check {asked.variable} and what it may use, and any proxy on the way"
    return refusal.failure(FailureKind.FORBIDDEN, message, advice)


def _page(refusal: Refusal) -> Failure:
    """A 403 with a web page is a firewall's, a proxy's or a gateway's: no API sends one."""
    message = f"a web page came instead of an answer of {refusal.asked.host} ({refusal.status})"
    message += f": {refusal.said}" if refusal.said else ""
    advice = "something on the way blocks the request: look at the network, VPN or proxy"
    return refusal.failure(FailureKind.FORBIDDEN, message, advice)


def _not_found(refusal: Refusal) -> Failure:
    asked, said = refusal.asked, refusal.by_api
    told = f"{said} {' '.join(refusal.reason.codes)}".lower()
    if asked.model and ("model" in told or asked.model.lower() in told):
        message = f"{asked.host} does not serve the model '{clean_line(asked.model)}'"
        advice = f"see what it serves: moa-tui models --provider {asked.provider.name}"
        return refusal.failure(FailureKind.UNKNOWN_MODEL, message, advice)
    message = f"{asked.host} has nothing at this address" + _in_brackets(refusal.said)
    advice = f"check base_url of {asked.provider.name}: it usually ends in /v1"
    return refusal.failure(FailureKind.NOT_AN_ANSWER, message, advice)


def _rate_limited(refusal: Refusal) -> Failure:
    reason = refusal.reason
    if reason.has("queueexceeded", "overload"):
        return _overloaded(refusal)
    if _fits_never(refusal):
        return _too_large_for_quota(refusal)
    said = refusal.by_api
    told = f"{said} {reason.hints} {' '.join(reason.codes)}"
    used_up = used_up_for_long(refusal.headers)
    short = not _LONG_WINDOWS.search(told) and used_up is None
    # When the minute's quota is full again says nothing of the day's.
    if short:
        wait = wait_of_quota(refusal.headers, refusal.body, reason.words, told)
    else:
        asked = wait_of_server(refusal.headers, refusal.body, reason.words)
        waits = [asked, used_up.reset if used_up else None]
        wait = max((wait for wait in waits if wait is not None), default=None)
    message = f"{refusal.asked.host}: {said or 'too many requests'}"
    if used_up and not _LONG_WINDOWS.search(said):
        message += f" (nothing is left of this {used_up.window}'s {used_up.metric or 'quota'})"
    return Failure(
        FailureKind.RATE_LIMITED,
        message,
        "wait, or use fewer agents or a smaller max_tokens"
        if short
        else "wait until it is full again, or use another model or provider",
        retryable=short,
        retry_after=wait,
        status=refusal.status,
    )


def _fits_never(refusal: Refusal) -> bool:
    """Whether one request asks for more tokens than the quota ever holds."""
    told = _NEVER_FITS.search(refusal.reason.words[:2000])
    return told is not None and _count(told[2]) > _count(told[1])


def _too_large_for_quota(refusal: Refusal) -> Failure:
    return refusal.failure(
        FailureKind.RATE_LIMITED,
        f"{refusal.asked.host}: {refusal.said}",
        "lower this agent's max_tokens, or shorten the question: it asks for more than the whole"
        " quota, so waiting does not help",
    )


def _count(text: str) -> int:
    return int(text.replace(",", ""))


def _overloaded(refusal: Refusal) -> Failure:
    message = f"{refusal.asked.host} is overloaded" + _in_brackets(refusal.said)
    return refusal.failure(FailureKind.OVERLOADED, message, "ask again in a moment", retryable=True)


def _too_slow(refusal: Refusal) -> Failure:
    message = f"{refusal.asked.host} gave up waiting for the request" + _in_brackets(refusal.said)
    return refusal.failure(FailureKind.TIMEOUT, message, "ask again", retryable=True)


def _redirected(refusal: Refusal) -> Failure:
    message = f"{refusal.asked.host} redirects elsewhere, which is not followed"
    advice = f"correct base_url of {refusal.asked.provider.name}"
    return refusal.failure(FailureKind.SERVER, message, advice)


def _proxy_wants_login(refusal: Refusal) -> Failure:
    message = f"a proxy on the way to {refusal.asked.host} wants a login" + _in_brackets(
        refusal.said
    )
    advice = "check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY, or sign in to the network"
    return refusal.failure(FailureKind.CONNECTION, message, advice)


def _failed(refusal: Refusal) -> Failure:
    status = _in_brackets(refusal.status or "")
    message = f"{refusal.asked.host} failed{status}" + (refusal.said and f": {refusal.said}")
    return refusal.failure(FailureKind.SERVER, message, "ask again later", retryable=True)


def _bad_request(refusal: Refusal) -> Failure:
    asked = refusal.asked
    reason = refusal.said or "no reason given"
    message = f"{asked.host} refused the request ({refusal.status}): {reason}"
    advice = "check this agent's settings in agents.yaml"
    return refusal.failure(FailureKind.BAD_REQUEST, message, advice)


def _in_brackets(words: object) -> str:
    return f" ({words})" if words else ""


_TELL: dict[int, Callable[[Refusal], Failure]] = {
    401: _wrong_key,
    402: _payment,
    403: _forbidden,
    404: _not_found,
    405: _not_found,
    407: _proxy_wants_login,
    408: _too_slow,
    420: _rate_limited,
    429: _rate_limited,
    451: _forbidden,
    460: _too_slow,
    499: _too_slow,
    511: _proxy_wants_login,
}
