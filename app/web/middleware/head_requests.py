"""HEAD for all routes, which name GET only."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class HeadAsGetMiddleware:
    """Routes HEAD as GET and drops the body; the headers, Content-Length included, stay."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # The whole answer is made for its headers: a length or a tag cannot be told without it. The
        # messages still go on, emptied, since the last of them ends the answer.
        async def send_without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return
        # A copy: whoever logs the request outside of here still sees HEAD. What the router and the
        # others inside noted in it is given back, so that the log names the route.
        routed = {**scope, "method": "GET"}
        try:
            await self.app(routed, receive, send_without_body)
        finally:
            scope.update({**routed, "method": "HEAD"})
