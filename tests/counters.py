"""The counters of `/metrics`."""

import httpx2


def counter_value(client: httpx2.Client, name: str) -> float:
    """What a counter without labels has come to, in all workers together."""
    lines = client.get("/metrics").text.splitlines()
    return float(next(line for line in lines if line.startswith(f"{name} ")).split()[1])
