"""Signs client access tokens with the official Python SDK: token_load.py --tokens N --warm-up N

With --show it prints a token instead.
"""

import argparse

from azure.messaging.webpubsubservice import WebPubSubServiceClient

from figures import Measurement

CONNECTION_STRING = (
    "Endpoint=https://contoso.webpubsub.azure.com;"
    "AccessKey=a-key-of-44-characters-as-the-portal-shows-1=;Version=1.0;"
)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tokens", type=int)
    parser.add_argument("--warm-up", type=int)
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    client = WebPubSubServiceClient.from_connection_string(CONNECTION_STRING, "chat")

    def sign():
        return client.get_client_access_token(
            user_id="user-0001",
            roles=["webpubsub.joinLeaveGroup.room-1", "webpubsub.sendToGroup.room-1"],
            groups=["room-1"],
        )

    if options.show:
        print(sign()["token"])
        return
    for _ in range(options.warm_up):
        sign()
    measurement = Measurement()
    for _ in range(options.tokens):
        sign()
    measurement.report(options.tokens, [])


main()
