"""Lets the official Python and JavaScript packages talk to each other through the emulator, and checks what arrives.

The Python packages are those of the interpreter that runs this; the JavaScript ones are beside their agent.
"""

import argparse
import os
import sys
from pathlib import Path

import checks
import closing
import drops
import entra
import errors
import keys
import listing
import membership
import payloads
import permissions
import raw
import sending
import tokens
from agents import Agent
from checks import check
from stage import Stage
from wire import Wire

AGENT = Path(__file__).resolve().parent.parent / "agents/agent.py"

ALL = [payloads, sending, membership, closing, listing, permissions, tokens, errors]
# What a language's SDK has beside what all have.
MORE = {
    "Python": {"raw": raw.play, "token headers": tokens.with_headers},
    "Python aio": {"raw": raw.play, "token headers": tokens.with_headers},
    "JavaScript": {"bulk membership": membership.in_bulk},
}


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("--connection-string", required=True)
    parser.add_argument("--second-key", required=True, help="the service has it beside that of the connection string")
    parser.add_argument("--tls-connection-string", required=True, help="of one that takes unvalidated Entra tokens")
    parser.add_argument("--certificate", required=True, help="that one's, a PEM file")
    parser.add_argument("--javascript", required=True, help="agent.mjs, beside its packages")
    return parser.parse_args()


def start(arguments):
    # The clients of the official SDKs take a certificate from the environment only.
    environment = {
        **os.environ,
        "WEBSOCKET_CLIENT_CA_BUNDLE": arguments.certificate,
        "NODE_EXTRA_CA_CERTS": arguments.certificate,
    }
    return [
        Agent("Python", [sys.executable, str(AGENT), "blocking"], environment),
        Agent("Python aio", [sys.executable, str(AGENT), "aio"], environment),
        Agent("JavaScript", ["node", arguments.javascript], environment),
    ]


def fields(connection_string):
    pairs = (field.split("=", 1) for field in connection_string.split(";") if field)
    return {name.lower(): value for name, value in pairs}


def main():
    arguments = parse()
    plain, tls = fields(arguments.connection_string), fields(arguments.tls_connection_string)
    agents = start(arguments)
    client_agents = [agents[0], agents[2]]

    def stage(agent, subject, play, endpoint, **credential):
        stage = Stage(subject, agent, client_agents, endpoint, **credential)
        play(stage)
        stage.end()

    def on_plain(agent, subject, play, **credential):
        stage(agent, subject, play, plain["endpoint"], **credential)

    def on_tls(agent, subject, play, **credential):
        stage(agent, subject, play, tls["endpoint"], certificate=arguments.certificate, **credential)

    try:
        for agent in agents:
            for subject, play in ({module.__name__: module.play for module in ALL} | MORE[agent.language]).items():
                on_plain(agent, subject, play, connection_string=arguments.connection_string)
            both = [plain["accesskey"], arguments.second_key]
            on_plain(agent, "keys", lambda stage: keys.play(stage, both), key=keys.WRONG_KEY)
            with Wire(plain["endpoint"]) as wire:
                through = f"Endpoint={wire.endpoint};AccessKey={plain['accesskey']};"
                play = lambda stage: drops.play(stage, wire)
                stage(agent, "drops", play, wire.endpoint, connection_string=through)
            on_tls(agent, "key over TLS", entra.by_key, connection_string=arguments.tls_connection_string)
            on_tls(agent, "Entra over TLS", entra.play, token=entra.token())
            on_tls(agent, "Entra refused, audience", entra.refused, token=entra.token(audience="https://example.com"))
            on_tls(agent, "Entra refused, expired", entra.refused, token=entra.token(lifetime=-entra.HOUR))
            check(f"{agent.language}: every public method was called", agent.ask("uncalled"), [])
    finally:
        for agent in agents:
            agent.end()
    print(f"{checks.passed} passed, 0 failed")


main()
