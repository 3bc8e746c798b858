"""An access key that is exchanged while the service client lives."""

from agents import refusal
from checks import message

WRONG_KEY = "a key that the service does not have"


def play(stage, keys):
    """The stage's client has a wrong key; the service has each of `keys`."""
    unauthorized = {
        "type": "RestError" if stage.service.language == "JavaScript" else "ClientAuthenticationError",
        "status": 401,
        "code": None,
    }

    def refused(what):
        stage.check(f"{what}: a send is refused", refusal(stage.service.send, "all", "text", "x"), unauthorized)
        # A client of this token would be refused as well: it is signed without the service.
        error = refusal(stage.connect, stage.client_agents[1])
        stage.check(f"{what}: a client is refused", error is not None, True)

    refused("a wrong key")
    for number, key in enumerate(keys, start=1):
        stage.service.agent.ask("rotate", key=key)
        clients = stage.pair()
        stage.service.send("all", "text", f"by key {number}")
        stage.reaches(f"key {number}", message("text", f"by key {number}"), [*stage.clients])
        stage.check(f"key {number}: clients connect", len({client.id for client in clients}), 2)
    stage.service.agent.ask("rotate", key=WRONG_KEY)
    refused("a wrong key again")
