"""A server that ends without a reset: who was let in is answered, and told that it is the last."""

import asyncio
import errno
import logging
import socket
from collections.abc import Callable
from typing import Final

import uvicorn

ACCEPTED_SETTLE_S: Final = 0.05
"""Seconds in which the event loop makes connections of what it has accepted."""
_NOBODY_WAITS: Final = {errno.EAGAIN, errno.EWOULDBLOCK}

log = logging.getLogger(__name__)


class DrainingServer(uvicorn.Server):
    """A server that calls `announce` once it answers, and ends as `Connection.shutdown` says.

    Before it is announced, Ctrl-C would break it off halfway.
    """

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None] | None = None) -> None:
        super().__init__(config)
        self.announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.announce is not None:
            self.announce()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take in whoever waits at the door, close it, and answer what was asked."""
        # The kernel resets those that it has let in and nobody has accepted when the last process
        # closes the socket. The event loop closes its own; these let the rest be accepted after.
        doors = [listening.dup() for listening in sockets or []]
        for server in self.servers:
            server.close()
        for door in doors:
            with door:
                door.setblocking(False)
                await self._accept_all(door)
        await asyncio.sleep(ACCEPTED_SETTLE_S)
        await super().shutdown(sockets)

    async def _accept_all(self, door: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                accepted, _ = door.accept()
            except ConnectionError:
                continue  # it has gone meanwhile
            except OSError as error:
                if error.errno not in _NOBODY_WAITS:
                    log.warning("Could not accept who waited: %s", error.strerror)
                return
            accepted.setblocking(False)
            await loop.connect_accepted_socket(self._make_connection, accepted)

    def _make_connection(self) -> asyncio.Protocol:
        protocol: asyncio.Protocol = self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return protocol
