"""To log in: see whether a registry knows a name and a password."""

from labimg import errors
from labimg.registry.wire import Request
from labimg.remote.access import Access, Login
from labimg.remote.transport import Transport, origin


def log_in(domain: str, login: Login, transport: Transport) -> None:
    """Show `login` to the registry of `domain`.

    Raises:
        LoginRefused: it does not know it.
        Unreachable: nobody answers.
    """
    url = f"{origin(domain)}/v2/"
    access = Access(transport, origin(domain), login)
    try:
        for _ in range(2):
            request = Request("GET", url, access.header(url))
            response = transport.send(request)
            if response.status != 401:
                response.close()
                return
            again = access.answer(response, request)
            response.close()
            if not again:
                break
    except errors.Unreachable as error:
        if "unauthorized" not in str(error):
            raise
    raise errors.LoginRefused(url)
