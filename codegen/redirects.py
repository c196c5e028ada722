"""C of redirects.c: where a server lets the known clients have people sent back to, by default."""

from __future__ import annotations

import re
from typing import Iterable, Optional

from .clients import Client
from .model import Model
from .names import NOTICE, block, c_string, lines

# Any port, any path: RFC 8252, section 7.3. Which ones a client uses says more about it than it keeps.
LOOPBACK = "http://loopback/*"
ON_LOOPBACK = re.compile(r"http://(localhost|127\.0\.0\.1|\[::1\])(:(\d+|PORT))?/")
EXACT = re.compile(r"(https://[a-z0-9.-]+|(?!https?:)[a-z][a-z0-9+.-]*:/)/[a-z0-9._~/-]*\Z")
# The last part of a path may stand for anything, when there is another part before it.
BELOW = re.compile(r"(https://[a-z0-9.-]+/[a-z0-9._~/-]+/)[A-Z]+\Z")


def pattern(uri: str) -> Optional[str]:
    """As runtime/oauth/redirect.h reads it; None when no pattern says this and nothing else."""
    if ON_LOOPBACK.match(uri):
        return LOOPBACK
    below = BELOW.match(uri)
    if below:
        return f"{below[1]}*"
    return uri if EXACT.match(uri) else None


def patterns(clients: Iterable[Client]) -> list[str]:
    """Each once: the own machine first, then in the order of the clients."""
    found = [pattern(uri) or uri for one in clients for uri in one.redirects]
    return sorted(dict.fromkeys(found), key=lambda one: one != LOOPBACK)


def emit(model: Model) -> dict[str, str]:
    if not model.clients:
        return {}
    return {
        "redirects.c": block(
            """
            /* $notice */
            #include "oauth/redirect.h"

            #include <stddef.h>

            const char *const redirect_known[] = {
            $patterns
                NULL,
            };
            """,
            notice=NOTICE,
            patterns=lines(1, [f"{c_string(one)}," for one in patterns(model.clients)]),
        )
    }
