"""Every kind of payload on every way, and back from client to client."""

import base64

from checks import message

JSON = {"hello": "wörld", "n": [1, 2.5, None], "quote": "\"'\n"}
BINARY = base64.b64encode(bytes([0, 1, 127, 128, 255])).decode()
PAYLOADS = [("text", "héllo \"w\"\n"), ("json", JSON), ("json", "a bare string"), ("binary", BINARY)]
ROOM = "room 1/é"
ROLES = ["webpubsub.sendToGroup", "webpubsub.joinLeaveGroup"]


def play(stage):
    for subprotocol in ["json", "json.reliable"]:
        between(stage, stage.pair({"subprotocol": subprotocol}, user_id="ann", groups=[ROOM], roles=ROLES))
        stage.end()


def between(stage, clients):
    service = stage.service
    for kind, data in PAYLOADS:
        service.send("all", kind, data)
        stage.reaches(f"{kind} to all", message(kind, data), clients)
        service.send("group", kind, data, group=ROOM)
        stage.reaches(f"{kind} to a group", message(kind, data, group=ROOM), clients)
        service.send("user", kind, data, user_id="ann")
        stage.reaches(f"{kind} to a user", message(kind, data), clients)
        for client in clients:
            service.send("connection", kind, data, connection_id=client.id)
            stage.reaches(f"{kind} to a connection", message(kind, data), [client])

    for replier, listener in [clients, clients[::-1]]:
        listener.join("replies")
        for kind, data in PAYLOADS:
            replier.publish("replies", kind, data)
            stage.reaches(f"{kind} from a client", message(kind, data, group="replies", user="ann"), [listener])
        listener.publish("replies", "text", "no echo", no_echo=True)
        replier.publish("replies", "text", "after it")
        what = "after a message of its own with noEcho"
        stage.reaches(what, message("text", "after it", group="replies", user="ann"), [listener])
        listener.leave("replies")
        replier.publish("replies", "text", "to none")
