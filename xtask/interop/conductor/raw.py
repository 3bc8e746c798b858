"""Requests of one's own through Python's SDK, which signs them."""

import json
from urllib.parse import quote

from checks import message

VERSION = "api-version=2024-12-01"
VERSIONS = "2021-10-01, 2022-11-01, 2023-07-01, 2024-01-01, 2024-12-01"
UNKNOWN_VERSION = "api-version=2000-01-01"


def play(stage):
    hub = f"/api/hubs/{stage.service.hub}"

    def ask(method, url, **request):
        return stage.service.call("send_request", request={"method": method, "url": url, **request})

    client = stage.connect(stage.client_agents[0], user_id="ann", groups=["g 1/é"])
    answer = ask("POST", f"{hub}/:send?{VERSION}", json={"raw": True})
    stage.check("a send is accepted", (answer["status"], answer["body"]), (202, ""))
    stage.check("the versions are told", answer["headers"].get("api-supported-versions"), VERSIONS)
    stage.reaches("a send", message("json", {"raw": True}), [client])

    absolute = f"{stage.endpoint}{hub}/groups/{quote('g 1/é', safe='')}/connections?{VERSION}"
    expected = {"value": [{"connectionId": client.id, "userId": "ann"}]}
    stage.check("a list, by an absolute URL", json.loads(ask("GET", absolute)["body"]), expected)
    stage.check("the health", ask("HEAD", f"/api/health?{VERSION}")["status"], 200)

    answer = ask("PUT", f"{hub}/users/nobody/groups/g?{VERSION}")
    expected = {
        "code": "Warning.User.NotExisted", "message": "User `nobody` is not found.", "target": "User", "details": None,
        "inner": None,
    }
    stage.check("an error's status", answer["status"], 404)
    stage.check("an error's body", json.loads(answer["body"]), expected)
    stage.check("an error's header", answer["headers"].get("x-ms-error-code"), "Warning.User.NotExisted")
    for method, url, status in [
        ("POST", f"{hub}/:send?{UNKNOWN_VERSION}", 400),
        ("POST", f"{hub}/:generateToken?{VERSION}", 401),
        ("GET", f"{hub}/nothing?{VERSION}", 404),
    ]:
        stage.check(f"{method} {url}", ask(method, url)["status"], status)
