"""A line between a browser and a server that a test can silence and cut."""

from __future__ import annotations

import contextlib
import socket
import threading


class Line:
    """Forwards TCP connections to a port of this machine until it is silenced or cut."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._open = threading.Event()
        self._open.set()
        self._cut = False
        self._sockets: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._pumps: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}/"
        threading.Thread(target=self._accept, daemon=True).start()

    def silence(self) -> None:
        """Connections stay open and nothing comes through, as where a cable is pulled."""
        self._open.clear()

    def cut(self) -> None:
        """Connections end, and new ones are closed at once."""
        self._cut = True
        with self._lock:
            for each in self._sockets:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self._cut = False
        self._open.set()

    def close(self) -> None:
        self._open.set()
        self.cut()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for pump in self._pumps:
            pump.join()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self._cut:
                near.close()
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self._target))
            except OSError:  # the server is away
                near.close()
                continue
            with self._lock:
                self._sockets |= {near, far}
            for one, other in ((near, far), (far, near)):
                pump = threading.Thread(target=self._pump, args=(one, other), daemon=True)
                self._pumps.append(pump)
                pump.start()

    def _pump(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                self._open.wait()
                other.sendall(data)
        for each in (one, other):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        with self._lock:
            self._sockets.discard(one)
        one.close()
