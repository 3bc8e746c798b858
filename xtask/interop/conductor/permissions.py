"""Permissions granted and revoked while a client is connected, as the client feels them."""

from agents import refusal
from checks import message

FORBIDDEN = {"type": "SendMessageError", "code": "Forbidden"}
GROUP = "room 1/é"


def play(stage):
    for client in stage.pair(user_id="ann"):
        of_one(stage, client)
    of_roles(stage, "one", "two", ["webpubsub.joinLeaveGroup.one", "webpubsub.sendToGroup.one"])
    of_roles(stage, "news.one", "views", ["webpubsub.joinLeaveGroups.news.*", "webpubsub.sendToGroups.news.*"])


def of_roles(stage, group, other, roles):
    for client in stage.pair(user_id="bob", roles=roles):
        what = f"{client.language} client with roles for {group}"
        client.join(group)
        client.publish(group, "text", "allowed")
        stage.reaches(what, message("text", "allowed", group=group, user="bob"), [client])
        stage.check(f"{what}: it may not join another", refusal(client.join, other), FORBIDDEN)
        stage.check(f"{what}: nor send there", refusal(client.publish, other, "text", "x"), FORBIDDEN)
        client.leave(group)


def of_one(stage, client):
    attempts = {"joinLeaveGroup": client.join, "sendToGroup": lambda group: client.publish(group, "text", "x")}

    def permission(method, name, group):
        return stage.service.call(f"{method}_permission", permission=name, connection_id=client.id, target_name=group)

    def check(what, name, group, allowed):
        stage.check(f"{what}: {name} is had", permission("has", name, group), allowed)
        error = refusal(attempts[name], group)
        stage.check(f"{what}: {name} by the {client.language} client", error, None if allowed else FORBIDDEN)

    # Sending is played first: who is in no group hears nothing of it.
    for name in ["sendToGroup", "joinLeaveGroup"]:
        check("before", name, GROUP, False)
        permission("grant", name, GROUP)
        check("granted", name, GROUP, True)
        check("for another group", name, "room 2", False)
    client.publish(GROUP, "text", "both")
    stage.reaches("both permissions", message("text", "both", group=GROUP, user="ann"), [client])
    permission("revoke", "joinLeaveGroup", GROUP)
    check("revoked", "joinLeaveGroup", GROUP, False)
    stage.check("leaving takes the same permission", refusal(client.leave, GROUP), FORBIDDEN)
    permission("revoke", "sendToGroup", GROUP)
    check("revoked", "sendToGroup", GROUP, False)
    stage.service.call("remove_connection_from_all_groups", connection_id=client.id)
