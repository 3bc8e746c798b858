"""Lists of a group's connections: whole, cut, in pages, and from a page on."""

from urllib.parse import parse_qs, urlsplit

GROUP = "group 1/é"


def play(stage):
    service = stage.service
    clients = [*stage.pair(user_id="ann", groups=[GROUP]), *stage.pair(user_id="bob", groups=[GROUP])]
    clients.append(stage.connect(stage.client_agents[1], groups=[GROUP]))
    stage.connect(stage.client_agents[1], user_id="in no group")
    members = [[client.id, user] for client, user in zip(clients, ["ann", "ann", "bob", "bob", None])]

    def lists(**options):
        return service.call("list_connections", group=GROUP, **options)

    def pages(**options):
        answer = service.agent.ask("pages", group=GROUP, **options)
        return answer["pages"], answer["links"]

    stage.check("all", sorted(lists(), key=str), sorted(members, key=str))
    stage.check("a group without connections", service.call("list_connections", group="empty"), [])
    order = lists()
    stage.check("the first two", lists(top=2), order[:2])
    stage.check("more than there are", lists(top=200), order)
    stage.check("all, over pages of two", lists(maxpagesize=2), order)
    stage.check("four, over pages of three", lists(maxpagesize=3, top=4), order[:4])

    found, links = pages(maxpagesize=2)
    stage.check("pages of two", found, [order[:2], order[2:4], order[4:]])
    stage.check("the last page has no link", [bool(link) for link in links], [True, True, False])
    stage.check("a page that ends with the group has no link", pages(maxpagesize=5), ([order], [None]))
    stage.check("the pages from a link on", pages(next_link=links[0])[0], [order[2:4], order[4:]])
    scheme = urlsplit(stage.endpoint).scheme
    stage.check("a link is where the service is", urlsplit(links[0]).scheme, scheme)
    token = parse_qs(urlsplit(links[1]).query)["continuationToken"][0]
    stage.check("the members from a token on", lists(continuation_token=token), order[4:])
    found, links = pages(maxpagesize=2, top=3)
    stage.check("three, in pages of two", found, [order[:2], order[2:3]])
