"""A Python agent: the official service SDK and client SDK, told what to do line by line.

Usage: agent.py blocking|aio
"""

import json
import logging
import sys
import threading

from azure.core.exceptions import HttpResponseError
from azure.messaging.webpubsubclient.models import SendMessageError

from clients import Clients
from service import AioService, Service

# A connection that ends is no news here.
logging.getLogger("azure.messaging.webpubsubclient").setLevel(logging.ERROR)
out = threading.Lock()


def write(line):
    with out:
        print(json.dumps(line), flush=True)


def told(error):
    """What the conductor checks of a failure."""
    kind = type(error).__name__
    if isinstance(error, HttpResponseError):
        return {"type": kind, "status": error.status_code, "code": error.error.code if error.error else None}
    if isinstance(error, SendMessageError) and error.error_detail:
        return {"type": kind, "code": error.error_detail.name}
    return {"type": kind, "message": str(error)}


service = {"blocking": Service, "aio": AioService}[sys.argv[1]]()
clients = Clients(write)
commands = {
    "open": service.open,
    "rotate": service.rotate,
    "call": service.call,
    "pages": service.pages,
    "uncalled": service.uncalled,
    "connect": clients.connect,
    "publish": clients.publish,
    "join": clients.join,
    "leave": clients.leave,
    "stop": clients.stop,
}

for line in sys.stdin:
    command = json.loads(line)
    try:
        write({"ok": commands[command.pop("do")](**command)})
    except Exception as error:  # every failure is the conductor's to judge
        write({"error": told(error)})
service.close()
