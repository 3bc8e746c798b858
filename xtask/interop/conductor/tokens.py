"""Client access tokens with each option, and the clients that connect with them."""

import base64
import json

from agents import refusal
from checks import message

PATHS = {"default": "/client/hubs/", "mqtt": "/clients/mqtt/hubs/", "socketio": "/clients/socketio/hubs/"}
MINUTES = 7


def part(token, index):
    text = token.split(".")[index]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def play(stage):
    service = stage.service

    def makes(**options):
        return service.call("get_client_access_token", **options)

    websocket = "ws" + stage.endpoint.removeprefix("http")
    for protocol, path in PATHS.items():
        answer = makes(client_protocol=protocol)
        url = f"{websocket}{path}{service.hub}"
        stage.check(f"{protocol}: where clients connect", answer["baseUrl"], url)
        stage.check(f"{protocol}: the URL with the token", answer["url"], f"{url}?access_token={answer['token']}")
        audience = f"{stage.endpoint}{path}{service.hub}"
        stage.check(f"{protocol}: the audience", part(answer["token"], 1)["aud"], audience)

    for minutes, options in [(60, {}), (MINUTES, {"minutes_to_expire": MINUTES})]:
        claims = part(makes(**options)["token"], 1)
        # Python's SDK reads the clock twice, so a second may lie between.
        seconds = claims["exp"] - claims["iat"]
        stage.check(f"valid for {minutes} minutes", seconds in (minutes * 60, minutes * 60 + 1), True)

    groups = ["g1", "g 2/é"]
    clients = stage.pair(user_id="ann é", groups=groups, roles=["webpubsub.sendToGroup.g1"], minutes_to_expire=MINUTES)
    stage.check("the user is connected", service.call("user_exists", user_id="ann é"), True)
    for group in groups:
        stage.has_members("its groups are joined", group, clients)
    for client in clients:
        client.publish("g1", "text", "by role")
        stage.reaches("its role counts", message("text", "by role", group="g1", user="ann é"), clients)
        error = refusal(client.publish, "g 2/é", "text", "x")
        stage.check("its role counts for that group only", error["code"], "Forbidden")
    anonymous = stage.pair()
    service.send("user", "text", "hello", user_id="ann é")
    stage.reaches("a message to the user", message("text", "hello"), clients, anonymous)


def with_headers(stage):
    """Only Python's SDK sets headers of the token; the service is to take no offence."""
    service = stage.service
    client = stage.connect(stage.client_agents[0], user_id="ann", jwt_headers={"kid": "s"})
    token = service.call("get_client_access_token", jwt_headers={"kid": "s"})["token"]
    stage.check("the token has the header", part(token, 0)["kid"], "s")
    service.send("all", "text", "hello")
    stage.reaches("a client with such a token", message("text", "hello"), [client])
