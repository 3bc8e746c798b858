"""An access key that is exchanged while the service client lives."""

from agents import refusal
from checks import message

WRONG_KEY = "a key that the service does not have"


def play(stage, keys):
    """The stage's client has a wrong key; the service has each of `keys`."""
    kind = "RestError" if stage.service.language == "JavaScript" else "ClientAuthenticationError"

    def refused(what):
        error = refusal(stage.service.send, "all", "text", "x")
        stage.check(f"{what}: a send is refused", error, {"type": kind, "status": 401, "code": None})
        for agent in stage.client_agents:
            error = refusal(stage.connect, agent)
            stage.check(f"{what}: a {agent.language} client is refused", "401" in error["message"], True)

    refused("a wrong key")
    for number, key in enumerate(keys, start=1):
        stage.service.agent.ask("rotate", key=key)
        stage.pair()
        stage.service.send("all", "text", f"by key {number}")
        stage.reaches(f"key {number}", message("text", f"by key {number}"), stage.clients)
    stage.service.agent.ask("rotate", key=WRONG_KEY)
    refused("a wrong key again")
