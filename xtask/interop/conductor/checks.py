"""Checks, counted and printed one by one."""

passed = 0


def check(what, actual, expected):
    global passed
    if actual != expected:
        raise AssertionError(f"{what}\n  expected {expected!r}\n  received {actual!r}")
    passed += 1
    print(f"ok {passed} - {what}", flush=True)


def message(kind, data, group=None, user=None):
    """What a client reports of a message from the service, or to a group."""
    origin = "group" if group else "server"
    return {"event": "message", "from": origin, "group": group, "fromUser": user, "type": kind, "data": data}


def closed(reason=None):
    """What a client reports when the service client closes it."""
    text = "Application server closed the connection."
    return {"event": "disconnected", "message": f"{text} Reason: {reason}" if reason else text}
