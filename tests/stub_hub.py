"""A stand-in for the hub on 127.0.0.1: serves a folder as a repository, or fails as the hub and the network do."""

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class StubHub(ThreadingHTTPServer):
    """Answers `/api/models/<owner>/<name>` and `/<owner>/<name>/resolve/<revision>/<file>` from a folder."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder = folder
        self.missing: set[str] = set()  # files it answers 404 for
        self.cut: set[str] = set()  # files it sends half of
        self.status = 0  # what it answers to everything, if anything
        self.refused: tuple[int, str] | None = None  # status and error code it answers to "what is in there?"
        self.newest = "a" * 40  # the commit that "main" stands for; a commit stands for itself
        self.asked: list[tuple[str, str, str | None]] = []  # (method, file, Range header)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"

    def __enter__(self) -> "StubHub":
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, body: bool) -> None:
        parts = self.path.strip("/").split("?")[0].split("/")
        name, wanted = parts[-1], self.headers.get("Range")
        self.server.asked.append((self.command, name, wanted))
        path = self.server.folder / name
        if self.server.status:
            self.send_response(self.server.status)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if parts[:2] == ["api", "models"]:
            self._describe(parts[-1] if "revision" in parts else "main")
            return
        if len(parts) != 5 or parts[2] != "resolve" or name in self.server.missing or not path.is_file():
            self.send_response(404)
            self.send_header("X-Error-Code", "EntryNotFound")
            self.send_header("X-Error-Message", "Entry not found")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        content = path.read_bytes()
        start = int(wanted.removeprefix("bytes=").split("-")[0]) if wanted else 0
        self.send_response(206 if wanted else 200)
        self.send_header("X-Repo-Commit", parts[3])
        self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
        self.send_header("Accept-Ranges", "bytes")
        if wanted:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        if body:
            content = content[start:]
            if name in self.server.cut:
                content = content[: len(content) // 2]
                self.close_connection = True
            self.wfile.write(content)

    def _describe(self, revision: str) -> None:
        """Say which files a repository has, and of which commit."""
        status, code = self.server.refused or (200, "")
        if not code and len(revision) != 40 and revision != "main":
            status, code = 404, "RevisionNotFound"
        commit = revision if len(revision) == 40 else self.server.newest
        files = [{"rfilename": file.name} for file in sorted(self.server.folder.iterdir())]
        content = b"{}" if code else json.dumps({"id": "o/n", "sha": commit, "siblings": files}).encode()
        self.send_response(status)
        if code:
            self.send_header("X-Error-Code", code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_) -> None:
        """Say nothing."""
