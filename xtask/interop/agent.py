"""The Python agent: the official service SDK and client SDK, told what to do line by line."""

import base64
import json
import sys
import threading

from azure.messaging.webpubsubclient import WebPubSubClient
from azure.messaging.webpubsubclient.models import (
    CallbackType,
    SendMessageError,
    WebPubSubDataType,
    WebPubSubProtocolType,
)
from azure.messaging.webpubsubservice import WebPubSubServiceClient

CONNECT_TIMEOUT = 20
# The client misses the wake-up of a connection that opens, or an ack that comes, at once; it has them all the same when
# this time is over.
MISSED_WAKE_UP = 5

out = threading.Lock()
clients = {}
service = WebPubSubServiceClient.from_connection_string(sys.argv[1], hub=sys.argv[2])


def write(line):
    with out:
        print(json.dumps(line), flush=True)


def encode(data):
    return base64.b64encode(bytes(data)).decode() if isinstance(data, (bytes, bytearray, memoryview)) else data


def message(name, origin, event):
    write({
        "event": "message",
        "client": name,
        "from": origin,
        "group": getattr(event, "group", None),
        "fromUser": getattr(event, "from_user_id", None),
        "type": str(getattr(event.data_type, "value", event.data_type)),
        "data": encode(event.data),
    })


def payload(kind, data):
    """The SDK's arguments for a payload of this kind; binary arrives as base64."""
    return {
        "text": (data, "text/plain"),
        "json": (data, "application/json"),
        "binary": (base64.b64decode(data) if kind == "binary" else None, "application/octet-stream"),
    }[kind]


def send(method, **where):
    kind, data, options = where.pop("type"), where.pop("data"), where.pop("options", {})
    content, content_type = payload(kind, data)
    getattr(service, method)(message=content, content_type=content_type, **where, **options)


def connect(name, **token):
    url = service.get_client_access_token(**token)["url"]
    client = WebPubSubClient(
        url,
        protocol_type=WebPubSubProtocolType.JSON,
        reconnect_retry_total=0,
        message_retry_total=0,
        start_timeout=MISSED_WAKE_UP,
        ack_timeout=MISSED_WAKE_UP,
    )
    connected, ids = threading.Event(), []
    client.subscribe(CallbackType.CONNECTED, lambda e: (ids.append(e.connection_id), connected.set()))
    client.subscribe(CallbackType.SERVER_MESSAGE, lambda e: message(name, "server", e))
    client.subscribe(CallbackType.GROUP_MESSAGE, lambda e: message(name, "group", e))
    client.subscribe(
        CallbackType.DISCONNECTED,
        lambda e: write({"event": "disconnected", "client": name, "message": e.message}),
    )
    client.open()
    if not connected.wait(CONNECT_TIMEOUT):
        raise TimeoutError("no `connected` frame")
    clients[name] = client
    return ids[0]


def publish(client, group, type, data, no_echo=False):
    content = memoryview(base64.b64decode(data)) if type == "binary" else data
    clients[client].send_to_group(group, content, WebPubSubDataType(type), no_echo=no_echo)


COMMANDS = {
    "send": send,
    "connect": connect,
    "publish": publish,
    "join": lambda client, group: clients[client].join_group(group),
    "leave": lambda client, group: clients[client].leave_group(group),
    "call": lambda method, args, options={}: getattr(service, method)(*args, **options),
    "stop": lambda client: clients.pop(client).close(),
}

for line in sys.stdin:
    command = json.loads(line)
    try:
        write({"ok": COMMANDS[command.pop("do")](**command)})
    except SendMessageError as error:
        write({"error": error.error_detail.name if error.error_detail else str(error)})
    except Exception as error:  # every failure is the conductor's to judge
        write({"error": f"{type(error).__name__}: {error}"})
