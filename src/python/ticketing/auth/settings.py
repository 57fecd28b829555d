"""What auth reads from the environment, and the keys of tokens that are made of it."""

from typing import Annotated, ClassVar

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ticketing.common.identity.settings import TokenSettings
from ticketing.common.identity.token_keys import KeySet, LocalKeys, read_pem
from ticketing.common.identity.tokens import LONGEST
from ticketing.common.web.limits import Often
from ticketing.common.web.settings import ServiceSettings

Days = Annotated[float, msgspec.Meta(gt=0, le=365)]
LONGEST_SECONDS = int(LONGEST.total_seconds())


class AuthSettings(ServiceSettings, frozen=True, kw_only=True, rename="upper"):
    """An access token is good for `access_token_seconds`, a session for `session_idle_days` after
    its last use and `session_days` at the most.
    """

    access_token_seconds: Annotated[int, msgspec.Meta(ge=1, le=LONGEST_SECONDS)] = 600
    session_idle_days: Days = 7
    session_days: Days = 30
    sign_ups_per_address: Often = "30/hour"
    sign_ins_per_address: Often = "100/15 minutes"
    sign_ins_per_account: Often = "10/15 minutes"
    password_checks_per_user: Often = "10/15 minutes"


class SigningSettings(TokenSettings, frozen=True, kw_only=True, rename="upper"):
    """Tokens are signed by `jwt_key`, which the other services know, or by `jwt_private_key`, whose
    public half they fetch; `jwt_other_keys` are then keys in PEM, too.
    """

    one_of: ClassVar[tuple[str, ...]] = ("JWT_KEY", "JWT_PRIVATE_KEY")
    jwt_private_key: str = ""

    def keys(self) -> KeySet:
        """The first signs; exits with one line where keys in PEM are none."""
        if not self.jwt_private_key:
            return TokenSettings.keys(self)
        try:
            [signing] = read_pem(self.jwt_private_key)
            others = read_pem(self.jwt_other_keys) if self.jwt_other_keys else []
            if not isinstance(signing.key, Ed25519PrivateKey):
                raise ValueError("a public key")
        except ValueError:  # whose text may hold the key
            raise SystemExit(
                "wrong in the environment: JWT_PRIVATE_KEY must be an Ed25519 key in PEM, and"
                " JWT_OTHER_KEYS such keys, private or public"
            ) from None
        return LocalKeys(signing, *others)
