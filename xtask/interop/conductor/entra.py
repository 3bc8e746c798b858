"""Entra ID over TLS: a token stands in for the key, and the service makes the client tokens."""

import base64
import json
import time

import listing
from agents import refusal
from checks import message

AUDIENCE = "https://webpubsub.azure.com"
HOUR = 60 * 60


def token(audience=AUDIENCE, lifetime=HOUR):
    """A token as Entra ID's, which nobody signed."""
    now = int(time.time())
    parts = [{"alg": "RS256", "typ": "JWT", "kid": "x"}, {"aud": audience, "nbf": now - HOUR, "exp": now + lifetime}]
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join([*encoded, "c2lnbmF0dXJl"])


def play(stage):
    service = stage.service
    stage.check("nobody exists", service.call("user_exists", user_id="ann é"), False)
    options = {"groups": ["g 1/é", "h"], "roles": ["webpubsub.sendToGroup.h"], "minutes_to_expire": 5}
    clients = stage.pair(user_id="ann é", **options)
    stage.check("the user of a generated token exists", service.call("user_exists", user_id="ann é"), True)
    service.send("all", "json", {"over": "TLS"})
    stage.reaches("a message", message("json", {"over": "TLS"}), clients)
    service.send("group", "text", "to g", group="g 1/é", excluded=[clients[0].id])
    stage.reaches("a group of a generated token", message("text", "to g", group="g 1/é"), clients[1:], clients[:1])
    clients[0].publish("h", "text", "by role")
    stage.reaches("a role of a generated token", message("text", "by role", group="h", user="ann é"), clients)
    stage.check("a role not in it", refusal(clients[1].publish, "g 1/é", "text", "x")["code"], "Forbidden")
    answer = service.call("get_client_access_token", client_protocol="mqtt")
    url = f"wss{stage.endpoint.removeprefix('https')}/clients/mqtt/hubs/{service.hub}"
    stage.check("an MQTT client's URL", answer["baseUrl"], url)
    listing.play(stage)


def by_key(stage):
    """A key is good over TLS too, but not for a client token: who has one makes those without the service."""
    clients = stage.pair(user_id="ann")
    stage.service.send("all", "text", "by key")
    stage.reaches("a message", message("text", "by key"), clients)
    if stage.service.language != "JavaScript":
        path = f"/api/hubs/{stage.service.hub}/:generateToken?api-version=2024-12-01"
        answer = stage.service.call("send_request", request={"method": "POST", "url": path})
        stage.check("the service makes no client token", answer["status"], 401)


def refused(stage):
    """A token for another audience, or none that is valid now."""
    kind = "RestError" if stage.service.language == "JavaScript" else "ClientAuthenticationError"
    error = refusal(stage.service.send, "all", "text", "x")
    stage.check("a send is refused", error, {"type": kind, "status": 401, "code": None})
    error = refusal(stage.service.call, "get_client_access_token")
    stage.check("a client token is refused", error, {"type": kind, "status": 401, "code": None})
