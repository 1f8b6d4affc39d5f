"""`/metrics`: figures of the whole installation for Prometheus, read from the tables at each question.

Rules
- Nothing is counted in a process: whichever web process is asked, the tables answer, so any number of them may run.
- It names no organisation, person or case. Only addresses of FENGSUI_METRICS_FROM may read it; to all others there is
  no such page. A request that came through a proxy is judged by every address it names.
- Every figure is one indexed question and counts up to a bound (`lateness.MANY`, `watchman.MANY`). The answer is kept
  for some seconds: a process asks once, however many watchers there are.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from ipaddress import ip_address

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

import fengsui
from fengsui.cases.selectors import lateness
from fengsui.directory import selectors as directory
from fengsui.notifications import watchman
from fengsui.notifications.pulse import Steady

FRESH = timedelta(seconds=15)
Values = Mapping[tuple[str, ...], float]
"""Figures by their labels."""
_kept: tuple[datetime, bytes] | None = None


def metrics(request: HttpRequest) -> HttpResponse:
    """The figures at `request.at`, for those who may read them."""
    if not allowed(request):
        raise Http404
    return HttpResponse(
        figures(request.at, request.steady),  # type: ignore[attr-defined]
        content_type=CONTENT_TYPE_PLAIN_0_0_4,
    )


def allowed(request: HttpRequest) -> bool:
    """Whether every address that this request came from is one of FENGSUI_METRICS_FROM."""
    passed = request.headers.get("X-Forwarded-For", "")
    named = (
        [request.META.get("REMOTE_ADDR", ""), *passed.split(",")] if passed else [request.META.get("REMOTE_ADDR", "")]
    )
    if not passed and any(request.headers.get(name) for name in ("Forwarded", "X-Forwarded-Proto", "X-Real-IP")):
        return False  # through a proxy that does not say for whom
    return all(_is_listed(address.strip()) for address in named)


def _is_listed(address: str) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in settings.METRICS_FROM)


def figures(at: datetime, steady: Steady) -> bytes:
    """The answer for Prometheus at this moment; asked of the tables once in `FRESH`."""
    global _kept
    if _kept is None or not timedelta() <= at - _kept[0] < FRESH:
        registry = CollectorRegistry(auto_describe=False)
        registry.register(Figures(at, steady))
        _kept = (at, generate_latest(registry))
    return _kept[1]


class Figures(Collector):
    """All figures at one moment."""

    def __init__(self, at: datetime, steady: Steady) -> None:
        self.at, self.steady, self.roots = at, steady, directory.roots()

    def collect(self) -> Iterator[Metric]:
        yield from self._record()
        yield from self._messages()
        yield from self._lags()
        yield from self._workers()
        yield _gauge("fengsui_info", "The version that runs", {(fengsui.__version__,): 1}, ("version",))

    def _record(self) -> Iterator[Metric]:
        counts = [lateness.counts(root, self.at) for root in self.roots]
        for name, what in (
            ("cases", "Cases that are not closed"),
            ("open", "Obligations under way"),
            ("overdue", "Obligations under way whose hard due time passed"),
        ):
            label = "fengsui_open_cases" if name == "cases" else f"fengsui_obligations_{name}"
            yield _gauge(label, what, {(): sum(getattr(one, name) for one in counts)})

    def _messages(self) -> Iterator[Metric]:
        what = "Messages written in the last hour, by channel and what became of them"
        yield _gauge("fengsui_messages_last_hour", what, watchman.messages(self.at), ("channel", "state"))
        what = "Tries of the last hour to send a message, by kind of channel and outcome"
        yield _gauge("fengsui_attempts_last_hour", what, watchman.attempts(self.at), ("kind", "outcome"))
        waiting = sum(watchman.waiting(root) for root in self.roots)
        yield _gauge("fengsui_messages_waiting", "Messages to be sent or tried again", {(): waiting})

    def _lags(self) -> Iterator[Metric]:
        what = "Seconds that the oldest undone piece of work has waited, by step"
        steps = {
            "claims": lateness.oldest_claim,
            "pointers": lateness.oldest_pointer,
            "messages": watchman.oldest_message,
        }
        lags: Values = {
            (step,): max((self._lag(ask(root)) for root in self.roots), default=0) for step, ask in steps.items()
        }
        yield _gauge("fengsui_lag_seconds", what, lags, ("step",))

    def _lag(self, oldest: datetime | None) -> float:
        return max(0.0, (self.at - oldest).total_seconds()) if oldest else 0.0

    def _workers(self) -> Iterator[Metric]:
        alarms = [alarm.code for root in self.roots or ("",) for alarm in watchman.standing(root, self.at, self.steady)]
        told: Values = {(code,): float(code in alarms) for code in watchman.SENTENCES}
        yield _gauge("fengsui_alarm", "Whether an alarm of the watchman stands", told, ("code",))
        ages: Values = {
            (row.worker,): watchman.age(row, self.at, self.steady).total_seconds() for row in watchman.beats()
        }
        yield _gauge("fengsui_worker_beat_age_seconds", "Seconds since a worker's sign of life", ages, ("worker",))


def _gauge(name: str, what: str, values: Values, labels: tuple[str, ...] = ()) -> Metric:
    family = GaugeMetricFamily(name, what, labels=labels or None)
    for label, value in sorted(values.items()):
        family.add_metric(label, value)
    return family
