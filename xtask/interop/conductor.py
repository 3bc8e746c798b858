"""Lets the official Python and JavaScript packages talk to each other through the emulator, and checks what arrives.

Usage: conductor.py CONNECTION_STRING AGENT_MJS
(the Python packages are those of the interpreter that runs this; the JavaScript ones are beside AGENT_MJS)
"""

import base64
import json
import queue
import subprocess
import sys
import threading
from pathlib import Path

HERE = Path(__file__).resolve().parent
HUB = "Interop"
TIMEOUT = 60

JSON = {"hello": "wörld", "n": [1, 2.5, None], "quote": "\"'\n"}
BINARY = base64.b64encode(bytes([0, 1, 127, 128, 255])).decode()
PAYLOADS = [("text", "héllo \"w\"\n"), ("json", JSON), ("json", "a bare string"), ("binary", BINARY)]
PUBLISHER = ["webpubsub.sendToGroup", "webpubsub.joinLeaveGroup"]

checks = 0


def check(what, actual, expected):
    global checks
    if actual != expected:
        raise AssertionError(f"{what}\n  expected {expected!r}\n  received {actual!r}")
    checks += 1
    print(f"ok {checks} - {what}", flush=True)


class Agent:
    """One language's SDKs in a process of their own."""

    def __init__(self, language, command):
        self.language = language
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.answers, self.events = queue.Queue(), queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            line = json.loads(line)
            (self.events if "event" in line else self.answers).put(line)

    def tell(self, do, **arguments):
        self.process.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
        self.process.stdin.flush()
        return self.answers.get(timeout=TIMEOUT)

    def ask(self, do, **arguments):
        answer = self.tell(do, **arguments)
        if "error" in answer:
            raise AssertionError(f"{self.language}: {do} {arguments}: {answer['error']}")
        return answer["ok"]

    def next_event(self):
        return self.events.get(timeout=TIMEOUT)

    def end(self):
        self.process.stdin.close()
        try:
            self.process.wait(timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()


def received(client, origin, kind, data, group=None, user=None):
    return {
        "event": "message", "client": client, "from": origin, "group": group, "fromUser": user, "type": kind, "data": data,
    }


def through_the_service(sender, receivers):
    """The service SDK of one language sends; clients of both languages receive."""
    language = sender.language
    ids = {}
    for receiver in receivers:
        user = f"user of {receiver.language}"
        ids[receiver] = receiver.ask("connect", name="c", user_id=user, groups=["room 1/é"], roles=PUBLISHER)

    for kind, data in PAYLOADS:
        sender.ask("send", method="send_to_all", type=kind, data=data)
        for receiver in receivers:
            what = f"{language} service sends {kind} to all, {receiver.language} client receives it"
            check(what, receiver.next_event(), received("c", "server", kind, data))

        sender.ask("send", method="send_to_group", group="room 1/é", type=kind, data=data)
        for receiver in receivers:
            what = f"{language} service sends {kind} to a group, {receiver.language} client receives it"
            check(what, receiver.next_event(), received("c", "group", kind, data, group="room 1/é"))

        for receiver in receivers:
            user = f"user of {receiver.language}"
            sender.ask("send", method="send_to_user", user_id=user, type=kind, data=data)
            what = f"{language} service sends {kind} to a user, {receiver.language} client receives it"
            check(what, receiver.next_event(), received("c", "server", kind, data))
            sender.ask("send", method="send_to_connection", connection_id=ids[receiver], type=kind, data=data)
            what = f"{language} service sends {kind} to a connection, {receiver.language} client receives it"
            check(what, receiver.next_event(), received("c", "server", kind, data))

    one, other = receivers
    sender.ask("send", method="send_to_all", type="text", data="not for all", options={"excluded": [ids[one]]})
    check(f"{language} service excludes a connection: the other receives", other.next_event(),
          received("c", "server", "text", "not for all"))
    sender.ask("send", method="send_to_connection", connection_id=ids[one], type="text", data="next")
    check(f"{language} service excludes a connection: it receives only the next message", one.next_event(),
          received("c", "server", "text", "next"))
    return ids


def replies_through_a_group(receivers):
    """Each client publishes to a group with acks; the client of the other language receives it."""
    for replier, listener in [receivers, receivers[::-1]]:
        listener.ask("join", client="c", group="replies")
        for kind, data in PAYLOADS:
            replier.ask("publish", client="c", group="replies", type=kind, data=data)
            what = f"{replier.language} client replies with {kind} through a group, {listener.language} client receives it"
            expected = received("c", "group", kind, data, group="replies", user=f"user of {replier.language}")
            check(what, listener.next_event(), expected)

        listener.ask("publish", client="c", group="replies", type="text", data="no echo", no_echo=True)
        replier.ask("publish", client="c", group="replies", type="text", data="after it")
        expected = received("c", "group", "text", "after it", group="replies", user=f"user of {replier.language}")
        check(f"{listener.language} client does not hear its own message with noEcho", listener.next_event(), expected)
        listener.ask("leave", client="c", group="replies")


def manages(service, receiver, connection):
    """The service SDK of one language asks for, moves and closes a connection of the other."""
    language, user = service.language, f"user of {receiver.language}"

    def ask(method, *arguments, **options):
        return service.ask("call", method=method, args=list(arguments), options=options)

    check(f"{language}: the connection exists", ask("connection_exists", connection), True)
    check(f"{language}: another connection does not", ask("connection_exists", "gone"), False)
    check(f"{language}: the user exists", ask("user_exists", user), True)
    check(f"{language}: another user does not", ask("user_exists", "nobody"), False)
    check(f"{language}: an empty group does not exist", ask("group_exists", "moved"), False)
    ask("add_connection_to_group", "moved", connection)
    check(f"{language}: the group exists once a connection is in it", ask("group_exists", "moved"), True)
    service.ask("send", method="send_to_group", group="moved", type="text", data="moved")
    check(f"{language}: the added connection receives the group's messages", receiver.next_event(),
          received("c", "group", "text", "moved", group="moved"))
    ask("remove_connection_from_group", "moved", connection)
    check(f"{language}: the group is gone with its last connection", ask("group_exists", "moved"), False)
    gone = service.tell("call", method="add_connection_to_group", args=["moved", "gone"])
    check(f"{language}: adding a connection that is gone is an error", "error" in gone, True)

    ask("close_connection", connection, reason="bye & now")
    closed = {
        "event": "disconnected", "client": "c",
        "message": "Application server closed the connection. Reason: bye & now",
    }
    check(f"{language} service closes the connection: the client hears why", receiver.next_event(), closed)
    check(f"{language}: a closed connection does not exist", ask("connection_exists", connection), False)


def forbids(agent):
    """A client without roles may neither join nor publish."""
    agent.ask("connect", name="guest", user_id="guest", roles=[], groups=[])
    joined = agent.tell("join", client="guest", group="secret")
    check(f"{agent.language} client without a role may not join", joined, {"error": "Forbidden"})
    published = agent.tell("publish", client="guest", group="secret", type="text", data="x")
    check(f"{agent.language} client without a role may not publish", published, {"error": "Forbidden"})
    agent.ask("connect", name="member", user_id="member", groups=[],
              roles=["webpubsub.joinLeaveGroup.one", "webpubsub.sendToGroup.one"])
    agent.ask("join", client="member", group="one")
    agent.ask("publish", client="member", group="one", type="text", data="allowed")
    check(f"{agent.language} client with a role for one group may use that group", agent.next_event(),
          received("member", "group", "text", "allowed", group="one", user="member"))
    joined = agent.tell("join", client="member", group="two")
    check(f"{agent.language} client with a role for one group may not join another", joined, {"error": "Forbidden"})


def main():
    connection_string, agent_mjs = sys.argv[1:]
    agents = [
        Agent("Python", [sys.executable, str(HERE / "agent.py"), connection_string, HUB]),
        Agent("JavaScript", ["node", agent_mjs, connection_string, HUB]),
    ]
    try:
        for service, other in [agents, agents[::-1]]:
            ids = through_the_service(service, agents)
            replies_through_a_group(agents)
            manages(service, other, ids[other])
            manages(service, service, ids[service])
        for agent in agents:
            forbids(agent)
    finally:
        for agent in agents:
            agent.end()
    print(f"{checks} passed, 0 failed")


main()
