"""The agents, and what is had through them: a language's service client and its WebSocket clients."""

import itertools
import json
import queue
import subprocess
import threading

TIMEOUT = 60


class Refused(Exception):
    """What an agent was told to do failed."""

    def __init__(self, language, do, error):
        super().__init__(f"{language}: {do}: {error}")
        self.error = error


class Agent:
    """One language's SDKs in a process of their own."""

    names = itertools.count()

    def __init__(self, language, command, environment):
        self.language = language
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.answers, self.inboxes = queue.Queue(), {}
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            line = json.loads(line)
            (self.inboxes[line.pop("client")] if "event" in line else self.answers).put(line)
        self.answers.put({"error": {"type": "Ended", "message": "the agent has ended"}})

    def ask(self, do, **arguments):
        self.process.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
        self.process.stdin.flush()
        answer = self.answers.get(timeout=TIMEOUT)
        if "error" in answer:
            raise Refused(self.language, (do, arguments), answer["error"])
        return answer["ok"]

    def end(self):
        self.process.stdin.close()
        try:
            self.process.wait(timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Client:
    """A WebSocket client that an agent holds."""

    def __init__(self, agent, url, **how):
        self.agent, self.language = agent, agent.language
        self.name = next(Agent.names)
        self.inbox = agent.inboxes[self.name] = queue.Queue()
        self.id = agent.ask("connect", client=self.name, url=url, **how)

    def next(self):
        """The next message or end of this client."""
        return self.inbox.get(timeout=TIMEOUT)

    def join(self, group):
        self.agent.ask("join", client=self.name, group=group)

    def leave(self, group):
        self.agent.ask("leave", client=self.name, group=group)

    def publish(self, group, kind, data, **options):
        self.agent.ask("publish", client=self.name, group=group, message=[kind, data], **options)

    def tries(self, do, **arguments):
        """Whether it could be done."""
        return refusal(self.agent.ask, do, client=self.name, **arguments) is None

    def stop(self):
        self.agent.ask("stop", client=self.name)


class Service:
    """A service client of an agent, on one hub. Its methods and their arguments have Python's names."""

    def __init__(self, agent, hub, **where):
        self.agent, self.language, self.hub = agent, agent.language, hub
        agent.ask("open", hub=hub, **where)

    def call(self, method, **arguments):
        return self.agent.ask("call", method=method, **arguments)

    def send(self, where, kind, data, **arguments):
        self.call(f"send_to_{where}", message=[kind, data], **arguments)


def refusal(ask, *positional, **arguments):
    """How a call fails: the type of the SDK's error, the status if there is one, the code."""
    try:
        ask(*positional, **arguments)
    except Refused as refused:
        return refused.error
    return None
