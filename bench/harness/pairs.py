"""Rounds of one setting: every server once, in ABBA order, so that drift hits all alike."""

from statistics import median

from .measure import count_calls, run_setting
from .processes import RunFailed

AGAIN = "raw again"  # raw epoll a second time: against "raw" it gives the noise floor


def value(result, metric):
    if metric == "cpu":
        return result["server"]["cpu_us_per_message"]
    return result["latency_us"][metric]


def _echo_once(lab, setting, server):
    return run_setting(lab, "raw" if server == AGAIN else server, setting)


def _run_once(lab, setting, server, once):
    result = once(lab, setting, server)
    if result["server"]["cpu_us_per_message"] <= 0:
        raise RunFailed("no messages, or no CPU time of the server")
    return result


def _run(lab, setting, server, progress, once):
    """A report. A run that fails is done once more, and that is told with the results."""
    try:
        return _run_once(lab, setting, server, once)
    except RunFailed as failure:
        progress(f"{setting.title}, {server}: run again, as one failed: {failure}", keep=True)
        lab.repeated.append(f"{setting.title}, {server}: {failure}")
    try:
        return _run_once(lab, setting, server, once)
    except RunFailed as failure:
        failure.server = server
        raise


def run_rounds(lab, setting, servers, rounds, progress, once=_echo_once):
    """A list of reports per server; neighbours in `servers` run one after the other. `once` does
    one run. A RunFailed tells its `server`."""
    samples = {server: [] for server in servers}
    for number in range(rounds):
        order = servers if number % 2 == 0 else list(reversed(servers))
        for server in order:
            progress(f"{setting.title}: round {number + 1}/{rounds}, {server}")
            samples[server].append(_run(lab, setting, server, progress, once))
    return samples


def median_of(samples, server, metric):
    return median(value(result, metric) for result in samples[server])


def ratios(samples, over, under, metric):
    return [
        value(a, metric) / value(b, metric) for a, b in zip(samples[over], samples[under])
    ]


def floor(samples, metric, reference="raw"):
    """How far `reference`, which ran twice, is from itself by the same method."""
    return abs(median(ratios(samples, AGAIN, reference, metric)) - 1)


def calls_per_message(lab, setting, servers, progress):
    """Total system calls per message of each server; None where strace could not tell."""
    calls = {}
    for server in servers:
        progress(f"{setting.title}: system calls of {server}")
        try:
            calls[server] = count_calls(lab, server, setting)
        except RunFailed as failure:
            progress(f"system calls of {server} not counted: {failure}", keep=True)
            calls[server] = None
    return calls
