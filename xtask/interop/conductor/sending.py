"""The options of the sending methods."""

from agents import refusal
from checks import message

NOT_MUTED = "not ('muted' in groups)"
TOO_LONG = 301


def play(stage):
    service = stage.service
    ann = stage.pair(user_id="ann", groups=["g"])
    bob = stage.pair(user_id="bob", groups=["g", "muted"])
    for one, other in [ann, ann[::-1]]:
        for where, target in [("all", {}), ("group", {"group": "g"})]:
            service.send(where, "text", "excluded", excluded=[one.id, "gone"], **target)
            what = f"excluded from a message to {where}"
            stage.reaches(what, message("text", "excluded", **target), [other, *bob], [one])

    for where, target, filter, hearing, silent in [
        ("all", {}, "userId eq 'ann'", ann, bob),
        ("all", {}, f"connectionId ne '{ann[0].id}' and {NOT_MUTED}", ann[1:], [ann[0], *bob]),
        ("group", {"group": "g"}, NOT_MUTED, ann, bob),
        ("group", {"group": "g"}, "startswith(userId, 'b') or length(userId) gt 3", bob, ann),
    ]:
        service.send(where, "json", [filter], filter=filter, **target)
        stage.reaches(f"filter {filter}", message("json", [filter], **target), hearing, silent)
    for filter, hearing in [(f"connectionId eq '{bob[1].id}'", bob[1:]), (NOT_MUTED, [])]:
        service.send("user", "text", "filtered", user_id="bob", filter=filter)
        silent = [client for client in bob if client not in hearing]
        stage.reaches(f"to a user, filter {filter}", message("text", "filtered"), hearing, silent)
    service.send("all", "text", "both", filter="userId ne 'bob'", excluded=[ann[1].id])
    stage.reaches("filter and excluded", message("text", "both"), ann[:1], [ann[1], *bob])

    one = ann[0]
    for where, target in [
        ("all", {"excluded": [client.id for client in [*ann, *bob] if client is not one]}),
        ("group", {"group": "g", "filter": f"connectionId eq '{one.id}'"}),
        ("user", {"user_id": "ann", "filter": f"connectionId eq '{one.id}'"}),
        ("connection", {"connection_id": one.id}),
    ]:
        group = target.get("group")
        for seconds in [0, 1, 300]:
            service.send(where, "text", "lives", message_ttl_seconds=seconds, **target)
            stage.reaches(f"to {where}, which lives {seconds} s", message("text", "lives", group=group), [one])
        error = refusal(service.send, where, "text", "x", message_ttl_seconds=TOO_LONG, **target)
        stage.check(f"to {where}, which lives {TOO_LONG} s: a bad request", error and error["status"], 400)
