"""A wire to the emulator that can be cut."""

import socket
import threading
from urllib.parse import urlsplit


class Wire:
    """Passes connections on. Those of WebSocket clients can be cut, at once or in the middle of what passes."""

    def __init__(self, endpoint):
        url = urlsplit(endpoint)
        self.service = (url.hostname, url.port)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.strands, self.lock = set(), threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()
        self.cut()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            strand = Strand(client, socket.create_connection(self.service))
            with self.lock:
                self.strands.add(strand)
            for source, sink in [(strand.client, strand.service), (strand.service, strand.client)]:
                threading.Thread(target=self._pass, args=(strand, source, sink), daemon=True).start()

    def _pass(self, strand, source, sink):
        try:
            while data := source.recv(65536):
                if source is strand.client and data.startswith(b"GET /client"):
                    strand.is_websocket = True
                sink.sendall(data[: strand.left])
                strand.left -= min(len(data), strand.left)
                if strand.left == 0:
                    break
        except OSError:
            pass
        strand.close()
        with self.lock:
            self.strands.discard(strand)

    def cut(self, after=0):
        """Cuts the WebSocket clients off, after so many more bytes in either direction."""
        with self.lock:
            strands = [strand for strand in self.strands if strand.is_websocket]
        for strand in strands:
            strand.left = after
            if after == 0:
                strand.close()


class Strand:
    """One connection over the wire."""

    def __init__(self, client, service):
        self.client, self.service = client, service
        self.is_websocket = False
        self.left = 1 << 62

    def close(self):
        for end in (self.client, self.service):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()
