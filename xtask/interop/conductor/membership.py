"""What exists, and who is in which group."""


def play(stage):
    service = stage.service
    ann, bob = stage.pair(user_id="ann"), stage.pair(user_id="bob/é 1")
    one, other = ann

    for method, argument, there in [
        ("connection_exists", {"connection_id": one.id}, True),
        ("connection_exists", {"connection_id": "gone"}, False),
        ("user_exists", {"user_id": "bob/é 1"}, True),
        ("user_exists", {"user_id": "nobody"}, False),
        ("group_exists", {"group": "moved"}, False),
    ]:
        what = f"{method} of what is {'there' if there else 'gone'}"
        stage.check(what, service.call(method, **argument), there)

    service.call("add_connection_to_group", group="moved", connection_id=one.id)
    stage.check("a group with a connection exists", service.call("group_exists", group="moved"), True)
    stage.has_members("a connection is added to a group", "moved", [one], [other, *bob])
    service.call("add_user_to_group", group="moved", user_id="bob/é 1")
    stage.has_members("a user is added to a group", "moved", [one, *bob], [other])
    service.call("remove_connection_from_group", group="moved", connection_id=bob[0].id)
    stage.has_members("a connection is removed from a group", "moved", [one, bob[1]], [other, bob[0]])
    service.call("remove_user_from_group", group="moved", user_id="ann")
    stage.has_members("a user is removed from a group", "moved", [bob[1]], [*ann, bob[0]])
    service.call("remove_user_from_group", group="moved", user_id="bob/é 1")
    stage.check("a group without connections does not exist", service.call("group_exists", group="moved"), False)

    for group in ["a", "b"]:
        service.call("add_user_to_group", group=group, user_id="ann")
    service.call("remove_connection_from_all_groups", connection_id=one.id)
    for group in ["a", "b"]:
        stage.has_members("a connection is removed from all groups", group, [other], [one])
    service.call("add_connection_to_group", group="a", connection_id=bob[0].id)
    service.call("remove_user_from_all_groups", user_id="ann")
    stage.has_members("a user is removed from all groups", "a", [bob[0]], ann)
    stage.check("its other group is gone", service.call("group_exists", group="b"), False)


def in_bulk(stage):
    """Only JavaScript's SDK has these two; Python's 1.3.0 lost them."""
    service = stage.service
    ann, bob = stage.pair(user_id="o'ann"), stage.pair(user_id="bob")
    filter = service.call("odata", user_id="o'ann")
    stage.check("a filter whose value is quoted", filter, "userId eq 'o''ann'")
    service.call("add_connections_to_groups", groups=["a", "b"], filter=filter)
    for group in ["a", "b"]:
        stage.has_members("those of a filter are added to groups", group, ann, bob)
    service.call("add_connections_to_groups", groups=["c"], filter="")
    stage.has_members("all are added to a group", "c", [*ann, *bob])
    service.call("remove_connections_from_groups", groups=["b", "c"], filter=f"connectionId eq '{ann[0].id}'")
    for group, silent in [("a", []), ("b", ann[:1]), ("c", ann[:1])]:
        hearing = [client for client in (ann if group != "c" else [*ann, *bob]) if client not in silent]
        stage.has_members("those of a filter are removed from groups", group, hearing, silent)
    service.call("remove_connections_from_groups", groups=["a", "b", "c"], filter="userId ne null")
    for group in ["a", "b", "c"]:
        stage.check("a group that all were removed from is gone", service.call("group_exists", group=group), False)
