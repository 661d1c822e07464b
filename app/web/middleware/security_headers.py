"""The security headers of every answer."""

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# The hash is that of the empty string: Plotly adds an empty <style> it fills by script. No other
# inline style is allowed, so that neither templates nor pictures may have a style attribute.
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self';"
    " style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';"
    " img-src 'self' data: blob:; connect-src 'self'; form-action 'self'; manifest-src 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class SecurityHeadersMiddleware:
    """Puts the headers on every answer, errors and static files included.

    A header that an answer has already stays: an embed names its own policy for frames.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                # Browsers ignore it over http. Without `includeSubDomains`, which would decide for
                # other sites of the same domain.
                if scope["scheme"] == "https":
                    headers["Strict-Transport-Security"] = "max-age=31536000"
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)
