"""An OpenID provider that behaves like Keycloak, until it is told to lie.

It speaks the protocol over HTTP on loopback: discovery, keys, pushed requests, a sign-in form, tokens,
logout. `fault` makes the next answers wrong in one way; the names are the keys of FAULTS. The contract
suite runs against this and the real server, so that what is tested here stays true there.
"""

import base64
import hashlib
import hmac
import html
import json
import secrets
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jws
from joserfc.jwk import RSAKey

Answer = tuple[int, object, dict[str, str]]
"""Status, body (bytes or JSON) and headers."""

LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"

TOKEN_FAULTS = {
    "alg_none": "an unsigned token",
    "alg_hs256_public_key": "signed by HMAC with the public key as its secret",
    "other_key_same_kid": "signed by somebody else's key under our key's name",
    "unknown_kid": "signed by a key that is not published",
    "no_kid": "does not say which key",
    "encryption_key": "signed by a key published for encryption",
    "jku": "says where its keys are to be found",
    "embedded_jwk": "brings its own key",
    "crit": "asks for an extension nobody knows",
    "tampered": "changed after signing",
    "garbage_token": "is no token at all",
    "wrong_iss": "of another issuer",
    "iss_with_slash": "of almost our issuer",
    "wrong_aud": "for another client",
    "two_audiences": "for us and somebody else",
    "no_aud": "for nobody in particular",
    "wrong_azp": "issued to another client",
    "access_token_as_id": "an access token in place of the ID token",
    "logout_token_as_id": "a logout token in place of the ID token",
    "expired": "expired",
    "no_exp": "valid for ever",
    "exp_as_text": "expires at a text",
    "future_iat": "issued in the future",
    "no_iat": "issued at no time",
    "not_yet": "not valid yet",
    "wrong_nonce": "for another sign-in",
    "no_nonce": "for no sign-in in particular",
    "wrong_at_hash": "bound to another access token",
    "no_at_hash": "bound to no access token",
    "no_sub": "about nobody",
    "no_sid": "of no session",
    "roles_as_text": "with a text for roles",
}
ANSWER_FAULTS = {
    "no_refresh_token": "leaves the refresh token out",
    "mac_token_type": "offers tokens of another type",
    "answer_is_list": "answers with a list",
    "answer_garbage": "answers with something that is not JSON",
    "status_500": "answers 500",
    "status_429": "asks to come back later",
    "redirects": "redirects to somebody else",
    "huge": "answers with two megabytes",
}
METADATA_FAULTS = {
    "metadata_other_issuer": "speaks for another issuer",
    "metadata_foreign_endpoint": "sends secrets to another host",
    "metadata_garbage": "is not JSON",
}
REFRESH_FAULTS = {"swapped_sub": "answers for another person", "swapped_sid": "answers for another session"}
KEY_FAULTS = {"keys_500": "500", "keys_garbage": "no JSON", "keys_empty": "no keys"}
_BY_STRANGERS = {"other_key_same_kid", "unknown_kid", "jku", "embedded_jwk"}
FAULTS = TOKEN_FAULTS | ANSWER_FAULTS | METADATA_FAULTS | REFRESH_FAULTS | KEY_FAULTS


@dataclass
class Account:
    """Somebody who can sign in."""

    username: str
    password: str
    subject: str = field(default_factory=lambda: secrets.token_hex(16))
    roles: tuple[str, ...] = ()
    methods: tuple[str, ...] = ("pwd",)
    disabled: bool = False


@dataclass
class _Session:
    account: Account
    sid: str = field(default_factory=lambda: secrets.token_urlsafe(18))


class FakeOp:
    """One realm with one confidential client."""

    client_id = "lienthong"

    def __init__(self, *, redirect_uri: str, post_logout_redirect_uri: str) -> None:
        self.redirect_uri = redirect_uri
        self.post_logout_redirect_uri = post_logout_redirect_uri
        self.client_secret = secrets.token_urlsafe(18)
        self.reset()

    def reset(self, clock=time.time) -> None:
        """Forget everybody, and tell the truth again."""
        self.clock = clock
        self.accounts: dict[str, Account] = {}
        self.fault = ""
        self.delay = 0.0
        self.form_lifetime = 2100
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self.keys = [_key("first")]
        self.encryption_key = _key("encryption")
        self._stranger = _key("stranger")
        self._pushed: dict[str, dict[str, str]] = {}
        self._codes: dict[str, tuple[dict[str, str], _Session]] = {}
        self._refresh: dict[str, _Session] = {}
        self._sessions: dict[str, _Session] = {}

    # -- what tests do with it ----------------------------------------------------------------------

    @contextmanager
    def running(self):
        """Serve on a free loopback port."""
        server = _Server(("127.0.0.1", 0), _handler(self))
        self.issuer = f"http://127.0.0.1:{server.server_port}/realms/fake"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def add(self, username: str, password: str = "mật khẩu", **details) -> Account:
        """Register an account."""
        self.accounts[username] = Account(username, password, **details)
        return self.accounts[username]

    def rotate(self, *, keep: bool = True) -> None:
        """Sign with a new key from now on; an emergency does not keep the old one."""
        self.keys = [_key(secrets.token_hex(6)), *(self.keys if keep else [])]

    def end(self, sid: str) -> None:
        """End a session, as an administrator does."""
        self._sessions = {key: each for key, each in self._sessions.items() if each.sid != sid}
        self._refresh = {key: each for key, each in self._refresh.items() if each.sid != sid}

    def logout_token(self, *, fault: str = "", header=None, **claims) -> str:
        """Make a logout token; a claim given as None is left out."""
        now = int(self.clock())
        body = {
            "iss": self.issuer, "aud": self.client_id, "iat": now, "exp": now + 120, "jti": secrets.token_hex(8),
            "events": {LOGOUT_EVENT: {}},
        } | claims  # fmt: skip
        return self._sign(
            {key: value for key, value in body.items() if value is not None},
            fault,
            {"typ": "logout+jwt"} | (header or {}),
        )

    # -- tokens -------------------------------------------------------------------------------------

    def _sign(self, claims: dict, fault: str = "", header: dict | None = None) -> str:
        key = self.keys[0]
        head = {"alg": "PS256", "kid": key.kid, "typ": "JWT"} | (header or {})
        payload = json.dumps(claims).encode()
        if fault == "garbage_token":
            return "đây.không.phải"
        if fault == "alg_none":
            return f"{_b64(json.dumps(head | {'alg': 'none'}).encode())}.{_b64(payload)}."
        if fault == "alg_hs256_public_key":
            signed = f"{_b64(json.dumps(head | {'alg': 'HS256'}).encode())}.{_b64(payload)}"
            return f"{signed}.{_b64(hmac.digest(key.as_pem(private=False), signed.encode(), 'sha256'))}"
        key = {"encryption_key": self.encryption_key}.get(
            fault, self._stranger if fault in _BY_STRANGERS else key
        )
        head |= self._wrong_header(fault, key)
        if fault == "no_kid":
            del head["kid"]
        token = jws.serialize_compact(head, payload, key, algorithms=["PS256"])
        if fault == "tampered":
            first, _body, last = token.split(".")
            token = f"{first}.{_b64(json.dumps(claims | {'sub': 'somebody-else'}).encode())}.{last}"
        return token

    def _wrong_header(self, fault: str, key: RSAKey) -> dict:
        own_name = {} if fault == "other_key_same_kid" else {"kid": key.kid}
        extra = {
            "jku": {"jku": f"{self.issuer}/stranger"},
            "embedded_jwk": {"jwk": key.as_dict(private=False)},
            "crit": {"crit": ["b64"], "b64": True},
        }
        return own_name | extra.get(fault, {})

    def _tokens(self, session: _Session, nonce: str | None) -> dict:
        fault, now, account = self.fault, int(self.clock()), session.account
        access = self._sign(
            {"iss": self.issuer, "sub": account.subject, "typ": "Bearer", "exp": now + 300, "iat": now}
        )
        claims = {
            "iss": self.issuer, "aud": self.client_id, "azp": self.client_id, "sub": account.subject, "sid": session.sid,
            "typ": "ID", "iat": now, "exp": now + 300, "auth_time": now, "jti": secrets.token_hex(8),
            "preferred_username": account.username, "roles": list(account.roles), "amr": list(account.methods),
            "at_hash": _b64(hashlib.sha256(access.encode()).digest()[:16]),
        }  # fmt: skip
        if nonce:
            claims["nonce"] = nonce
        _spoil(claims, fault, now)
        header = {"typ": "logout+jwt"} if fault == "logout_token_as_id" else None
        refresh = secrets.token_urlsafe(24)
        self._refresh[refresh] = session
        answer = {
            "access_token": access, "refresh_token": refresh, "id_token": self._sign(claims, fault, header),
            "token_type": "mac" if fault == "mac_token_type" else "Bearer", "expires_in": 300,
        }  # fmt: skip
        if fault == "no_refresh_token":
            del answer["refresh_token"]
        return answer

    def respond(self, name: str, query: dict[str, str], form: dict[str, str], headers) -> Answer:
        """Answer a request to the endpoint of that name."""
        cookie = headers.get("Cookie", "").partition("OP=")[2].partition(";")[0]
        endpoints = {
            "openid-configuration": lambda: (*self.metadata(), {}),
            "certs": lambda: (*self.certs(), {}),
            "auth": lambda: self.authorize(query, cookie),
            "form": lambda: self.submit(query, form),
            "logout": lambda: self.logout(form or query),
            "par": lambda: self._to_client(self.push, form, headers),
            "token": lambda: self._to_client(self.token, form, headers),
        }
        return endpoints.get(name, lambda: (404, b"", {}))()

    def _to_client(self, endpoint, form: dict[str, str], headers) -> Answer:
        wanted = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        if headers.get("Authorization") != f"Basic {wanted}":
            return 401, {"error": "invalid_client"}, {}
        # A cookie here would be handed from one person's sign-in to the next person's.
        planted = {"Set-Cookie": f"server={secrets.token_hex(4)}; Path=/"}
        wrong = {
            "status_500": (500, {}),
            "status_429": (429, {}),
            "redirects": (302, b""),
            "unauthorized_client": (400, {"error": "unauthorized_client"}),
            "error_without_name": (400, {}),
            "answer_garbage": (200, b"<html>"),
            "answer_is_list": (200, []),
            "huge": (200, {"id_token": "x" * 2_000_000}),
        }
        elsewhere = {"Location": "http://127.0.0.1:1/"} if self.fault == "redirects" else {}
        return *(wrong.get(self.fault) or endpoint(form)), planted | elsewhere

    # -- endpoints ----------------------------------------------------------------------------------

    def metadata(self) -> tuple[int, object]:
        base = f"{self.issuer}/protocol"
        document = {
            "issuer": self.issuer, "authorization_endpoint": f"{base}/auth", "token_endpoint": f"{base}/token",
            "jwks_uri": f"{base}/certs", "end_session_endpoint": f"{base}/logout",
            "pushed_authorization_request_endpoint": f"{base}/par",
        }  # fmt: skip
        if self.fault == "metadata_garbage":
            return 200, b"<html>"
        if self.fault == "metadata_other_issuer":
            document["issuer"] += "x"
        if self.fault == "metadata_foreign_endpoint":
            document["token_endpoint"] = self.issuer.replace("127.0.0.1", "localhost") + "/protocol/token"
        return 200, document

    def certs(self) -> tuple[int, object]:
        if self.fault == "keys_500":
            return 500, {}
        if self.fault == "keys_garbage":
            return 200, b"\x00"
        published = [
            {**key.as_dict(private=False), "use": use, "alg": alg}
            for key, use, alg in [
                *((key, "sig", "PS256") for key in self.keys),
                (self.encryption_key, "enc", "RSA-OAEP"),
            ]
        ]
        return 200, {"keys": [] if self.fault == "keys_empty" else published}

    def push(self, form: dict[str, str]) -> tuple[int, object]:
        if form.get("redirect_uri") != self.redirect_uri or form.get("response_type") != "code":
            return 400, {"error": "invalid_request"}
        if form.get("code_challenge_method") != "S256" or not form.get("code_challenge"):
            return 400, {"error": "invalid_request"}
        uri = f"urn:ietf:params:oauth:request_uri:{secrets.token_hex(8)}"
        self._pushed[uri] = form
        return 201, {"request_uri": uri, "expires_in": self.form_lifetime}

    def authorize(self, query: dict[str, str], cookie: str) -> Answer:
        pushed = self._pushed.pop(query.get("request_uri", ""), None)
        if pushed is None or query.get("client_id") != self.client_id:
            return 400, b"invalid request", {}
        session = self._sessions.get(cookie)
        if session and pushed.get("prompt") != "login":
            return self._send_back(pushed, session, cookie)
        ticket = secrets.token_hex(8)
        self._pushed[ticket] = pushed
        return 200, _form(f"{self.issuer}/protocol/form?ticket={ticket}"), {}

    def submit(self, query: dict[str, str], form: dict[str, str]) -> Answer:
        pushed = self._pushed.get(query.get("ticket", ""))
        account = self.accounts.get(form.get("username", ""))
        if pushed is None:
            return 400, b"expired", {}
        if account is None or account.disabled or account.password != form.get("password"):
            return 200, _form(f"{self.issuer}/protocol/form?ticket={query['ticket']}"), {}
        cookie = secrets.token_urlsafe(18)
        self._sessions[cookie] = _Session(account)
        return self._send_back(self._pushed.pop(query["ticket"]), self._sessions[cookie], cookie)

    def _send_back(self, pushed: dict[str, str], session: _Session, cookie: str) -> Answer:
        code = secrets.token_urlsafe(18)
        self._codes[code] = (pushed, session)
        query = urlencode({"state": pushed["state"], "iss": self.issuer, "code": code})
        return (
            302,
            b"",
            {"Location": f"{self.redirect_uri}?{query}", "Set-Cookie": f"OP={cookie}; Path=/; HttpOnly"},
        )

    def token(self, form: dict[str, str]) -> tuple[int, object]:
        if form.get("grant_type") == "authorization_code":
            pushed, session = self._codes.pop(form.get("code", ""), (None, None))
            verifier = _b64(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
            if (
                pushed is None
                or verifier != pushed["code_challenge"]
                or form.get("redirect_uri") != self.redirect_uri
            ):
                return 400, {"error": "invalid_grant"}
            return 200, self._tokens(session, pushed.get("nonce"))
        session = self._refresh.get(form.get("refresh_token", ""))
        if session is None or session.account.disabled or session not in self._sessions.values():
            return 400, {"error": "invalid_grant"}
        if self.fault == "swapped_sub":
            session = _Session(Account("other", ""), session.sid)
        if self.fault == "swapped_sid":
            session = _Session(session.account)
        return 200, self._tokens(session, None)

    def logout(self, form: dict[str, str]) -> Answer:
        try:
            claims = json.loads(jws.extract_compact(form["id_token_hint"].encode()).payload)
        except (KeyError, ValueError):
            return 200, _form("/confirm"), {}
        if form.get("post_logout_redirect_uri") != self.post_logout_redirect_uri:
            return 400, b"invalid redirect", {}
        self.end(claims["sid"])
        return 302, b"", {"Location": self.post_logout_redirect_uri}


@cache
def _key(kid: str) -> RSAKey:
    """Make a key; those every provider begins with are made once, for making them is slow."""
    return RSAKey.generate_key(2048, {"kid": kid}, auto_kid=False)


def _spoil(claims: dict, fault: str, now: int) -> None:
    """Make the claims wrong in one way."""
    wrong = {
        "wrong_iss": {"iss": "https://khac.example/realms/fake"},
        "iss_with_slash": {"iss": f"{claims['iss']}/"},
        "wrong_aud": {"aud": "other"},
        "two_audiences": {"aud": [claims["aud"], "other"]},
        "wrong_azp": {"azp": "other"},
        "access_token_as_id": {"typ": "Bearer"},
        "expired": {"exp": now - 60},
        "exp_as_text": {"exp": str(now + 300)},
        "future_iat": {"iat": now + 120},
        "not_yet": {"nbf": now + 120},
        "wrong_nonce": {"nonce": "another"},
        "wrong_at_hash": {"at_hash": _b64(bytes(16))},
        "roles_as_text": {"roles": "platform-operator"},
    }
    claims.update(wrong.get(fault, {}))
    if fault.startswith("no_"):
        claims.pop(fault.removeprefix("no_"), None)


def _form(action: str) -> bytes:
    return (
        f'<h1>Đăng nhập</h1><form action="{html.escape(action)}" method="post">'
        '<input name="username"><input name="password" type="password"></form>'
    ).encode()


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # many people come at once


def _handler(op: FakeOp) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args) -> None:
            pass

        def do_GET(self) -> None:
            self._serve({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            self._serve({key: values[-1] for key, values in parse_qs(body, keep_blank_values=True).items()})

        def _serve(self, form: dict[str, str]) -> None:
            time.sleep(op.delay)
            parts = urlsplit(self.path)
            query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
            name = parts.path.rpartition("/")[2]
            op.requests.append((self.command, name, dict(self.headers)))
            status, body, headers = op.respond(name, query, form, self.headers)
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            for key, value in headers.items():
                self.send_header(key, value)
            kind = "text/html; charset=utf-8" if isinstance(body, bytes) else "application/json"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    return Handler
