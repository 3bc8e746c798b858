"""The official client SDK: WebSocket clients that report what they receive."""

import base64
import threading

from azure.messaging.webpubsubclient import WebPubSubClient
from azure.messaging.webpubsubclient._client import WebSocketAppSync
from azure.core.pipeline.policies import RetryMode
from azure.messaging.webpubsubclient.models import CallbackType, WebPubSubDataType, WebPubSubProtocolType
from azure.messaging.webpubsubclient.models._models import SendMessageErrorOptions

TIMEOUT = 20
# It gives up after three unless told otherwise.
RECONNECTS = 100
PROTOCOLS = {"json": WebPubSubProtocolType.JSON, "json.reliable": WebPubSubProtocolType.JSON_RELIABLE}


class KeptCondition(threading.Condition):
    """A condition that remembers its wake-up for who waits too late."""

    happened = False

    def notify(self, n=1):
        self.happened = True
        super().notify(n)

    def wait(self, timeout=None):
        return self.happened or super().wait(timeout)


def keep_wake_ups(sdk_type):
    """The SDK misses the wake-up of a connection that opens, or an ack that comes, before it waits."""
    init = sdk_type.__init__

    def patched(self, *arguments, **options):
        init(self, *arguments, **options)
        self.cv = KeptCondition()

    sdk_type.__init__ = patched


keep_wake_ups(WebSocketAppSync)
keep_wake_ups(SendMessageErrorOptions)


def encode(data):
    return base64.b64encode(bytes(data)).decode() if isinstance(data, (bytes, bytearray, memoryview)) else data


class Clients:
    def __init__(self, report):
        self.report = report
        self.clients = {}

    def connect(self, client, url, subprotocol="json", stays=False):
        """A client that stays reconnects, and reports its connections and the numbers of its messages too."""
        connection = WebPubSubClient(
            url,
            protocol_type=PROTOCOLS[subprotocol],
            reconnect_retry_total=RECONNECTS if stays else 0,
            reconnect_retry_backoff_factor=0.05,
            reconnect_retry_mode=RetryMode.Fixed,
            message_retry_total=0,
            start_timeout=TIMEOUT,
            ack_timeout=TIMEOUT,
        )

        def message(origin):
            return lambda event: self.report({
                "event": "message",
                "client": client,
                "from": origin,
                "group": getattr(event, "group", None),
                "fromUser": getattr(event, "from_user_id", None),
                "type": str(getattr(event.data_type, "value", event.data_type)),
                "data": encode(event.data),
                **({"sequence": getattr(event, "sequence_id", None)} if stays else {}),
            })

        def disconnected(event):
            self.report({"event": "disconnected", "client": client, "message": event.message})

        connected, ids = threading.Event(), []
        connection.subscribe(CallbackType.CONNECTED, lambda e: (ids.append(e.connection_id), connected.set()))
        if stays:
            told = lambda event: self.report({"event": "connected", "client": client, "id": event.connection_id})
            connection.subscribe(CallbackType.CONNECTED, told)
        connection.subscribe(CallbackType.SERVER_MESSAGE, message("server"))
        connection.subscribe(CallbackType.GROUP_MESSAGE, message("group"))
        connection.subscribe(CallbackType.DISCONNECTED, disconnected)
        connection.open()
        if not connected.wait(TIMEOUT):
            raise TimeoutError("no `connected` frame")
        self.clients[client] = connection
        return ids[0]

    def publish(self, client, group, message, no_echo=False):
        kind, data = message
        content = memoryview(base64.b64decode(data)) if kind == "binary" else data
        self.clients[client].send_to_group(group, content, WebPubSubDataType(kind), no_echo=no_echo)

    def join(self, client, group):
        self.clients[client].join_group(group)

    def leave(self, client, group):
        self.clients[client].leave_group(group)

    def stop(self, client):
        self.clients.pop(client).close()
