"""The official service SDK, blocking and with asyncio, behind the same commands."""

import asyncio
import base64
import time

from azure.core.credentials import AccessToken, AzureKeyCredential
from azure.core.rest import HttpRequest
from azure.messaging.webpubsubservice import WebPubSubServiceClient
from azure.messaging.webpubsubservice.aio import WebPubSubServiceClient as AioWebPubSubServiceClient

CONTENT_TYPES = {"text": "text/plain", "json": "application/json", "binary": "application/octet-stream"}


class StaticToken:
    """A credential that has its token already."""

    def __init__(self, token):
        self.token = AccessToken(token, int(time.time()) + 3600)

    def get_token(self, *scopes, **options):
        return self.token


class AioStaticToken(StaticToken):
    async def get_token(self, *scopes, **options):
        return self.token


def member(item):
    return [item.connection_id, item.user_id]


class Service:
    sdk = WebPubSubServiceClient
    static_token = StaticToken

    def __init__(self):
        self.client = None
        self.called = set()

    def open(self, hub, connection_string=None, endpoint=None, key=None, token=None, certificate=None):
        """A new client on a hub, with a connection string, a key or an Entra ID token."""
        self.close()
        options = {"connection_verify": certificate} if certificate else {}
        if connection_string:
            self.client = self.sdk.from_connection_string(connection_string, hub, **options)
            self.called.add("from_connection_string")
        else:
            self.credential = AzureKeyCredential(key) if key else self.static_token(token)
            self.client = self.sdk(endpoint, hub, self.credential, **options)

    def rotate(self, key):
        self.credential.update(key)

    def call(self, method, message=None, message_ttl_seconds=None, request=None, **arguments):
        if message:
            arguments["message"], arguments["content_type"] = self.payload(*message), CONTENT_TYPES[message[0]]
        if message_ttl_seconds is not None:
            # The SDK has no such option (it raises TypeError); a query parameter of one's own goes through.
            arguments["params"] = {"messageTtlSeconds": str(message_ttl_seconds)}
        if request:
            arguments["request"] = HttpRequest(**request)
        if method == "list_connections":
            # Undocumented, like `maxpagesize`.
            arguments["continuation_token_parameter"] = arguments.pop("continuation_token", None)
        self.called.add(method)
        result = self.finish(getattr(self.client, method)(**arguments))
        return self.answer(result) if request else result

    def payload(self, kind, data):
        return base64.b64decode(data) if kind == "binary" else data

    def pages(self, group, next_link=None, **options):
        """The pages of a group's connections, from a link on, and the link behind each."""
        links = []
        # The SDK's pages do not tell their link.
        options["raw_response_hook"] = lambda answer: links.append(answer.http_response.json().get("nextLink"))
        pages = self.client.list_connections(group=group, **options).by_page(next_link)
        return {"pages": self.finish(pages), "links": links}

    def answer(self, response):
        return {"status": response.status_code, "headers": dict(response.headers), "body": response.text()}

    def finish(self, result):
        """What a call comes to: members, pages of members, or what it returned."""
        if not hasattr(result, "__next__"):
            return result
        return [[member(item) for item in part] if isinstance(part, list) else member(part) for part in result]

    def uncalled(self):
        """The SDK's public methods that no command has called yet."""
        public = {name for name in dir(self.sdk) if not name.startswith("_") and callable(getattr(self.sdk, name))}
        return sorted(public - self.called)

    def close(self):
        if self.client:
            self.call("close")
            self.client = None


class AioService(Service):
    sdk = AioWebPubSubServiceClient
    static_token = AioStaticToken

    def __init__(self):
        super().__init__()
        self.loop = asyncio.new_event_loop()

    def payload(self, kind, data):
        # The SDK counts a text's length in characters, and so cuts it; what is in bytes already is whole.
        return data.encode() if kind == "text" else super().payload(kind, data)

    def finish(self, result):
        return self.loop.run_until_complete(self.collect(result))

    async def collect(self, result):
        if not hasattr(result, "__aiter__"):
            return await result
        # A page is to be read before the next is asked for: all that the SDK gives read the newest.
        return [
            [member(item) async for item in part] if hasattr(part, "__aiter__") else member(part)
            async for part in result
        ]
