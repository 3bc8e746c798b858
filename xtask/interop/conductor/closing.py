"""The four methods that close connections: whom they close, what those hear, whom they leave."""

from checks import closed


def play(stage):
    service = stage.service

    def closes(what, gone, left, reason=None):
        stage.reaches(what, closed(reason), gone)
        for client in gone:
            stage.check(f"{what}: it is gone", service.call("connection_exists", connection_id=client.id), False)
        for client in left:
            stage.check(f"{what}: another is left", service.call("connection_exists", connection_id=client.id), True)

    ann, bob = stage.pair(user_id="ann", groups=["g"]), stage.pair(user_id="bob", groups=["g"])
    cat = stage.pair(user_id="cat")
    for client in ann:
        service.call("close_connection", connection_id=client.id, reason="bye & now: é")
        closes("a connection is closed", [client], [*bob, *cat], reason="bye & now: é")
    stage.check("a user without connections is gone", service.call("user_exists", user_id="ann"), False)

    service.call("close_user_connections", user_id="bob", excluded=[bob[0].id], reason="user")
    closes("a user's connections but one are closed", bob[1:], [bob[0], *cat], reason="user")
    service.call("close_user_connections", user_id="bob")
    closes("a user's connections are closed", bob[:1], cat)

    dan = stage.pair(user_id="dan", groups=["h"])
    service.call("close_group_connections", group="h", excluded=[dan[1].id], reason="group")
    closes("a group's connections but one are closed", dan[:1], [dan[1], *cat], reason="group")
    service.call("close_group_connections", group="h")
    closes("a group's connections are closed", dan[1:], cat)

    service.call("close_all_connections", excluded=[cat[0].id], reason="all")
    closes("all connections but one are closed", cat[1:], cat[:1], reason="all")
    service.call("close_all_connections")
    closes("all connections are closed", cat[:1], [])
