"""Where a subject is played: one service client, and WebSocket clients of both languages, on a hub of their own."""

import checks
from agents import Client, Service


class Stage:
    def __init__(self, subject, agent, client_agents, endpoint, **credential):
        self.subject, self.client_agents, self.endpoint = subject, client_agents, endpoint
        hub = "".join(word.title() for word in f"{subject} {agent.language}".replace(",", "").split())
        self.service = Service(agent, hub, endpoint=endpoint, **credential)
        self.clients = []

    def check(self, what, actual, expected):
        checks.check(f"{self.service.language}, {self.subject}: {what}", actual, expected)

    def connect(self, agent, how={}, **token):
        """A client with a token that the service client makes."""
        client = Client(agent, self.service.call("get_client_access_token", **token)["url"], **how)
        self.clients.append(client)
        return client

    def pair(self, how={}, **token):
        """A client of each language with the same token."""
        return [self.connect(agent, how, **token) for agent in self.client_agents]

    def reaches(self, what, expected, hearing, silent=()):
        """A message was sent: these clients receive it, those do not."""
        for client in hearing:
            self.check(f"{what}: it reaches the {client.language} client", client.next(), expected)
        for client in silent:
            self.service.send("connection", "text", "the next", connection_id=client.id)
            what_next = f"{what}: it does not reach the {client.language} client"
            self.check(what_next, client.next(), checks.message("text", "the next"))

    def has_members(self, what, group, hearing, silent=()):
        """These clients are in the group, those are not."""
        self.service.send("group", "text", what, group=group)
        self.reaches(what, checks.message("text", what, group=group), hearing, silent)

    def end(self):
        """No client has a message left that nobody expected."""
        left = [client.inbox.get_nowait() for client in self.clients for _ in range(client.inbox.qsize())]
        self.check("nothing else was received", left, [])
        for client in self.clients:
            client.stop()
        self.clients.clear()
