"""A clamd that speaks the real protocol and finds the EICAR test file, and what a test adds."""

import socketserver
from threading import Thread

# Taken apart, so that no scanner takes these sources away.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, limit=25_000_000):
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.limit, self.scanned = limit, []
        self.signatures, self.wanted = 27_000, {EICAR: "Win.Test.EICAR_HDB-1"}
        Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def address(self):
        return f"tcp://127.0.0.1:{self.server_address[1]}"


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        command = b""
        while not command.endswith(b"\0"):
            command += self.rfile.read(1)
        if command == b"zPING\0":
            self.wfile.write(b"PONG\0")
        elif command == b"zVERSION\0":
            self.wfile.write(f"ClamAV 1.4.2/{self.server.signatures}/Wed Nov 25 08:00:00 2026\0".encode())
        elif command == b"zINSTREAM\0":
            self.wfile.write(self._scan() + b"\0")
        else:
            self.wfile.write(b"UNKNOWN COMMAND\0")

    def _scan(self):
        content = b""
        while size := int.from_bytes(self.rfile.read(4), "big"):
            content += self.rfile.read(size)
            if len(content) > self.server.limit:
                return b"INSTREAM size limit exceeded. ERROR"
        self.server.scanned.append(content)
        for wanted, name in self.server.wanted.items():
            if wanted in content:
                return f"stream: {name} FOUND".encode()
        return b"stream: OK"
