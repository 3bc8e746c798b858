"""Connections that break: what reliable clients receive all the same, and how the others come back."""

import random

from checks import closed

MESSAGES, CUTS = 300, 6
GROUP = "room"
ROLES = ["webpubsub.sendToGroup", "webpubsub.joinLeaveGroup"]
STAYS = {"stays": True, "subprotocol": "json.reliable"}


def play(stage, wire):
    chance = random.Random(7)
    from_the_service(stage, wire, chance)
    from_client_to_client(stage, wire, chance)
    after_a_goodbye(stage)
    not_reliable(stage, wire)


def greeted(stage, clients):
    """Each client reports its first connection."""
    for client in clients:
        stage.check(f"the {client.language} client is connected", client.next(), {"event": "connected", "id": client.id})


def messages(client, count):
    """The next so many messages of a client; it reports nothing else meanwhile."""
    received = [client.next() for _ in range(count)]
    assert all(report["event"] == "message" for report in received), received
    return received


def in_order(received):
    """Python's client calls back for each message on a thread of its own, so the order in which it reports is chance's."""
    return sorted(received, key=lambda report: report["sequence"])


def from_the_service(stage, wire, chance):
    """Every message once, in order, on one connection, however often its socket breaks."""
    clients = stage.pair(STAYS, user_id="ann", groups=[GROUP])
    greeted(stage, clients)
    cuts = sorted(chance.sample(range(MESSAGES), CUTS))
    all_received = [[] for _ in clients]
    for number in range(MESSAGES):
        if number in cuts:
            # They are there, with all that was sent: Python's SDK may end up with two connections, or with none, when one
            # breaks while it is recovered.
            for client, received in zip(clients, all_received):
                received += messages(client, number - len(received))
            wire.cut(chance.choice([0, chance.randrange(1, 2000)]))
        where, target = [("all", {}), ("group", {"group": GROUP}), ("user", {"user_id": "ann"})][number % 3]
        stage.service.send(where, "json", number, **target)
    for client, received in zip(clients, all_received):
        received = in_order(received + messages(client, MESSAGES - len(received)))
        what = f"{MESSAGES} messages over {CUTS} cuts reach the {client.language} client"
        stage.check(f"{what} once and in order", [report["data"] for report in received], list(range(MESSAGES)))
        first = received[0]["sequence"]
        numbers = [report["sequence"] for report in received]
        stage.check(f"{what} with numbers without a gap", numbers, list(range(first, first + MESSAGES)))
        exists = stage.service.call("connection_exists", connection_id=client.id)
        stage.check(f"the {client.language} client's connection is still the first", exists, True)
    stage.end()


def from_client_to_client(stage, wire, chance):
    """What a client was told is done reaches the other, once and in order."""
    clients = stage.pair(STAYS, user_id="ann", roles=ROLES)
    greeted(stage, clients)
    for publisher, listener in [clients, clients[::-1]]:
        listener.join(GROUP)
        done = []
        for number in range(60):
            if number % 10 == 5:
                for client in clients:
                    comes_back(client)
                wire.cut(chance.choice([0, chance.randrange(1, 500)]))
            # The SDKs fail a call whose socket breaks, and know not whether it was carried out.
            if publisher.tries("publish", group=GROUP, message=["json", number]):
                done.append(number)
            else:
                comes_back(publisher)
        publisher.publish(GROUP, "json", "last")
        received = []
        while not received or received[-1]["data"] != "last":
            received += messages(listener, 1)
        # Its turn is the last, but Python may have reported it before others.
        received = in_order(received + messages(listener, listener.inbox.qsize()))
        numbers = [report["data"] for report in received if report["data"] != "last"]
        what = f"from {publisher.language} to {listener.language} over cuts"
        stage.check(f"{what}: more than half is done", len(done) > 30, True)
        stage.check(f"{what}: what is done has arrived", [n for n in done if n not in numbers], [])
        stage.check(f"{what}: nothing twice, all in order", numbers, sorted(set(numbers)))
        comes_back(listener)
        listener.leave(GROUP)
    stage.end()


def comes_back(client):
    """Waits until a client has recovered, of which the SDKs do not tell: what does no harm twice succeeds again."""
    while not client.tries("join", group="any"):
        pass


def after_a_goodbye(stage):
    """A connection that the service closes is not recovered but replaced."""
    for client in stage.pair(STAYS, user_id="bob"):
        greeted(stage, [client])
        stage.service.call("close_connection", connection_id=client.id, reason="bye")
        stage.check(f"the {client.language} client is told", client.next(), closed("bye"))
        again = client.next()
        stage.check(f"the {client.language} client connects again", again["event"], "connected")
        stage.check(f"the {client.language} client has a new connection", again["id"] != client.id, True)
    stage.end()


def not_reliable(stage, wire):
    """Without a reliable subprotocol there is a new connection, which is in the groups again."""
    clients = stage.pair({"stays": True, "subprotocol": "json"}, user_id="cat", roles=ROLES)
    greeted(stage, clients)
    for client in clients:
        client.join(GROUP)
    wire.cut()
    for client in clients:
        reports = [client.next(), client.next()]
        stage.check(f"the {client.language} client says what happened", [r["event"] for r in reports], ["disconnected", "connected"])
        stage.check(f"the {client.language} client has a new connection", reports[1]["id"] != client.id, True)
        # An answer comes behind those to the joins of the groups it was in.
        client.join("another")
    stage.service.send("group", "text", "back", group=GROUP)
    for client in clients:
        stage.check(f"the {client.language} client is in its group again", client.next()["data"], "back")
    stage.end()
