"""What fails, and how each SDK reports it; what does not fail."""

from agents import refusal

GONE = {"connection_id": "gone"}


def play(stage):
    service = stage.service
    kinds = {400: "HttpResponseError", 404: "ResourceNotFoundError"}

    def call(method, **arguments):
        return refusal(service.call, method, **arguments)

    def fails(what, error, status, code):
        kind = "RestError" if service.language == "JavaScript" else kinds[status]
        stage.check(what, error, {"type": kind, "status": status, "code": code})

    permission = {"permission": "sendToGroup", "target_name": "g"}
    error = call("add_connection_to_group", group="g", **GONE)
    fails("a connection that is gone joins no group", error, 404, "Error.Connection.NotExisted")
    error = call("add_user_to_group", group="g", user_id="nobody")
    fails("a user who is gone joins no group", error, 404, "Warning.User.NotExisted")
    error = call("grant_permission", **permission, **GONE)
    fails("a connection that is gone is granted nothing", error, 404, "Info.Connection.NotExisted")

    for filter in ["userId eq", "nothing eq 'a'", "userId"]:
        error = refusal(service.send, "all", "text", "x", filter=filter)
        fails(f"a filter like {filter!r}", error, 400, "Error.BadRequest")
    fails("a list of none", call("list_connections", group="g", top=0), 400, "Error.BadRequest")

    for method, arguments in [
        ("close_connection", GONE),
        ("close_user_connections", {"user_id": "nobody"}),
        ("close_group_connections", {"group": "g"}),
        ("remove_connection_from_group", {"group": "g", **GONE}),
        ("remove_connection_from_all_groups", GONE),
        ("remove_user_from_group", {"group": "g", "user_id": "nobody"}),
        ("remove_user_from_all_groups", {"user_id": "nobody"}),
        ("revoke_permission", {**permission, **GONE}),
        ("has_permission", {**permission, **GONE}),
        ("send_to_connection", {"message": ["text", "x"], **GONE}),
        ("send_to_user", {"message": ["text", "x"], "user_id": "nobody"}),
        ("send_to_group", {"message": ["text", "x"], "group": "g"}),
    ]:
        stage.check(f"{method} of what is gone does not fail", call(method, **arguments), None)

