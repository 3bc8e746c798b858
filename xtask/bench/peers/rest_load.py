"""Sends a JSON string with the official Python SDK.

rest_load.py --client sync|aio --endpoint URL --text TEXT --warm-up N --sends N --at-once N
"""

import argparse
import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

from azure.messaging.webpubsubservice import WebPubSubServiceClient
from azure.messaging.webpubsubservice.aio import WebPubSubServiceClient as AioClient

from figures import Measurement

KEY = "a-key-of-44-characters-as-the-portal-shows-1="


def shares(sends, at_once):
    """How many messages each worker sends."""
    return [sends // at_once + (worker < sends % at_once) for worker in range(at_once)]


def run_sync(connection_string, options):
    at_once = options.at_once
    with WebPubSubServiceClient.from_connection_string(connection_string, "bench") as client:

        def work(share):
            times = []
            for _ in range(share):
                begun = time.perf_counter()
                client.send_to_all(options.text, content_type="application/json")
                times.append(time.perf_counter() - begun)
            return times

        with ThreadPoolExecutor(at_once) as pool:
            list(pool.map(work, shares(options.warm_up, at_once)))
            measurement = Measurement()
            times = list(pool.map(work, shares(options.sends, at_once)))
            measurement.report(options.sends, [one for worker in times for one in worker])


async def run_aio(connection_string, options):
    at_once = options.at_once
    async with AioClient.from_connection_string(connection_string, "bench") as client:

        async def work(share):
            times = []
            for _ in range(share):
                begun = time.perf_counter()
                await client.send_to_all(options.text, content_type="application/json")
                times.append(time.perf_counter() - begun)
            return times

        await asyncio.gather(*map(work, shares(options.warm_up, at_once)))
        measurement = Measurement()
        times = await asyncio.gather(*map(work, shares(options.sends, at_once)))
        measurement.report(options.sends, [one for worker in times for one in worker])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--client", choices=["sync", "aio"], required=True)
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--text", required=True)
    parser.add_argument("--warm-up", type=int, required=True)
    parser.add_argument("--sends", type=int, required=True)
    parser.add_argument("--at-once", type=int, required=True)
    options = parser.parse_args()
    connection_string = f"Endpoint={options.endpoint};AccessKey={KEY};Version=1.0;"
    if options.client == "sync":
        run_sync(connection_string, options)
    else:
        asyncio.run(run_aio(connection_string, options))


main()
