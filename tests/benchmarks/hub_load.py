"""A class on one machine: `python -m tests.benchmarks.hub_load`, or with numbers of users behind it.

A real JupyterHub is set up in a folder of its own, with the settings of docs/deploy/, and cleaned up. All users at once
start a server, run notebook 00 and type into the fill-mask explorer, as a browser would over the kernel's websocket:
the worst case of a class. An edit counts from the keystroke's message to the message with its picture's numbers; what
the page then takes to draw is in tests.benchmarks.keystrokes. Memory is what processes hold of their own
(Private_Dirty), which Linux alone tells.
"""

import asyncio
import json
import os
import secrets
import socket
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

from encoder_lab.lab import share_bundled

ROOT = Path(__file__).parents[2]
HUB = ROOT / ".hub"  # `make load` makes it
USERS = (1, 4, 8, 16, 30)
EDITS, PAUSE = 20, 0.5  # of each user; seconds between the answer and the next keystroke
WORDS = ("soft", "cold", "heavy", "summer", "mill")
EXPLORER = "from encoder_lab import explore, load\nexplore.fill_mask(load('fill-mask'))"
CONFIG = """
c = get_config()
load_subconfig({settings!r})
c.JupyterHub.bind_url = "http://127.0.0.1:{ports[0]}"
c.JupyterHub.hub_port = {ports[1]}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{ports[2]}"
c.ConfigurableHTTPProxy.command = [{proxy!r}, "--log-level", "error"]
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = {homes!r} + "/{{username}}"
c.Spawner.cmd = [{python!r}, "-m", "jupyterhub.singleuser"]
c.Spawner.environment["JUPYTER_PATH"] = {kernels!r}
c.Spawner.environment["PATH"] = {path!r}
c.Spawner.args.append("--ServerApp.log_level=ERROR")
if {root}:
    c.Spawner.args.append("--allow-root")
c.JupyterHub.services = [{{"name": "load", "api_token": {token!r}}}]
scopes = ["admin:users", "admin:servers", "access:servers"]
c.JupyterHub.load_roles = [{{"name": "load", "services": ["load"], "scopes": scopes}}]
"""


@dataclass
class Student:
    """What happened to one user; seconds."""

    name: str
    start: float = 0.0
    notebook: float = 0.0
    edits: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


class Kernel:
    """A kernel behind its server's websocket."""

    def __init__(self, socket):
        self.socket = socket
        self.comms: dict[str, dict] = {}  # a widget's name on the wire -> the state it came with

    async def send(self, kind: str, content: dict) -> str:
        """Send a message; gives its name."""
        name = uuid.uuid4().hex
        header = {"msg_id": name, "msg_type": kind, "username": "", "session": "load", "version": "5.3", "date": ""}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
        await self.socket.write_message(json.dumps(message))
        return name

    async def next(self) -> dict:
        """Wait for the next message; notes the widgets that are opened. What comes in bytes has its text first."""
        raw = await asyncio.wait_for(self.socket.read_message(), 300)
        if isinstance(raw, bytes):
            first, second = (int.from_bytes(raw[at : at + 4], "big") for at in (4, 8))
            raw = raw[first:second] if int.from_bytes(raw[:4], "big") > 1 else raw[first:]
        message = json.loads(raw)
        if message["msg_type"] == "comm_open":
            self.comms[message["content"]["comm_id"]] = message["content"]["data"].get("state", {})
        return message

    async def run(self, code: str) -> str:
        """Run a cell; gives its error, "" without one."""
        asked = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
        name, error = await self.send("execute_request", asked), ""
        while True:
            message = await self.next()
            if message["parent_header"].get("msg_id") == name:
                if message["msg_type"] == "error":
                    error = f"{message['content']['ename']}: {message['content']['evalue']}"[:200]
                if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                    return error

    async def edit(self, widget: str, text: str, turn: int) -> float:
        """Change an explorer's text; gives the seconds until its answer came."""
        begin = time.monotonic()
        data = {"method": "update", "state": {"text": text, "asked": turn}, "buffer_paths": []}
        await self.send("comm_msg", {"comm_id": widget, "data": data})
        while True:
            message = await self.next()
            if message["msg_type"] == "comm_msg" and message["content"]["comm_id"] == widget:
                if message["content"]["data"].get("state", {}).get("answered") == turn:
                    return time.monotonic() - begin


class Hub:
    """The hub's own interface, and through it each user's server's."""

    def __init__(self, port: int, token: str):
        self.address, self.headers = f"http://127.0.0.1:{port}", {"Authorization": f"token {token}"}

    async def call(self, method: str, path: str, content: dict | None = None) -> dict:
        """Ask for something and read the answer."""
        body = json.dumps(content or {}) if method == "POST" else None
        request = HTTPRequest(self.address + path, method, self.headers, body, request_timeout=180)
        return json.loads((await AsyncHTTPClient().fetch(request)).body or b"{}")

    async def attend(self, student: Student, cells: list[str]) -> None:
        """Be one user from the server's start to the last edit; what goes wrong is noted."""
        try:
            user = f"/hub/api/users/{student.name}"
            begin = time.monotonic()
            await self.call("POST", user)
            await self.call("POST", f"{user}/server")
            while not (await self.call("GET", user))["servers"].get("", {}).get("ready"):
                if time.monotonic() - begin > 180:
                    raise TimeoutError("the server did not start")
                await asyncio.sleep(0.5)
            student.start = time.monotonic() - begin
            begin = time.monotonic()
            kernel = await self.call("POST", f"/user/{student.name}/api/kernels", {"name": "python3"})
            address = f"{self.address}/user/{student.name}/api/kernels/{kernel['id']}/channels".replace("http", "ws", 1)
            opened = Kernel(await websocket_connect(HTTPRequest(address, headers=self.headers)))
            student.failures += filter(None, [await opened.run(cell) for cell in cells])
            student.notebook = time.monotonic() - begin
            student.failures += filter(None, [await opened.run(EXPLORER)])
            widget = next(name for name, state in opened.comms.items() if "asked" in state)
            for turn in range(1, EDITS + 1):
                text = f"The old man walked slowly down to the {WORDS[turn % len(WORDS)]} [MASK] in the rain."
                student.edits.append(await opened.edit(widget, text, turn))
                await asyncio.sleep(PAUSE)
        except Exception as error:  # anything that a browser would show as a failure
            student.failures.append(f"{type(error).__name__}: {error}")


@contextmanager
def running_hub(folder: Path) -> Iterator[tuple[Hub, psutil.Process]]:
    """Run a JupyterHub in a folder until the end of the block; all that it started ends with it."""
    kernels, token, ports = folder / "jupyter", secrets.token_hex(), _free_ports(3)
    (kernels / "kernels" / "python3").mkdir(parents=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = json.dumps({"argv": argv, "display_name": "Python 3", "language": "python"})
    (kernels / "kernels" / "python3" / "kernel.json").write_text(spec, encoding="utf-8")
    config = CONFIG.format(
        settings=str(ROOT / "docs" / "deploy" / "jupyterhub_config.py"), ports=ports, token=token,
        proxy=str(HUB / "node_modules" / ".bin" / "configurable-http-proxy"), homes=str(folder),
        python=str(HUB / "bin" / "python"), kernels=str(kernels), path=os.environ["PATH"], root=os.geteuid() == 0,
    )  # fmt: skip
    (folder / "config.py").write_text(config, encoding="utf-8")
    command = [HUB / "bin" / "python", "-m", "jupyterhub", "-f", "config.py", "--log-level=ERROR"]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, cwd=folder, stdout=log, stderr=log) as running:
        process = psutil.Process(running.pid)
        try:
            yield Hub(ports[0], token), process
        finally:
            started = process.children(recursive=True)
            running.terminate()
            for each in psutil.wait_procs(started, timeout=20)[1]:
                each.kill()


def _free_ports(count: int) -> list[int]:
    """Find ports that nobody listens on."""
    with ExitStack() as opened:
        sockets = [opened.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in sockets]


def private(process: psutil.Process) -> float:
    """MiB that a process and its descendants hold of their own."""
    total = 0
    for each in [process, *process.children(recursive=True)]:
        for line in Path(f"/proc/{each.pid}/smaps_rollup").read_text(encoding="utf-8").splitlines():
            total += int(line.split()[1]) if line.startswith("Private_Dirty") else 0
    return total / 1024


async def attend_all(hub: Hub, count: int) -> list[Student]:
    """Let a class begin at once."""
    for _ in range(120):
        try:
            await hub.call("GET", "/hub/api/")
            break
        except (OSError, HTTPClientError):  # the proxy answers first
            await asyncio.sleep(0.5)
    book = json.loads(next((ROOT / "notebooks").glob("00_*.ipynb")).read_text(encoding="utf-8"))
    cells = ["".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code"]
    students = [Student(f"student-{number}") for number in range(count)]
    await asyncio.gather(*(hub.attend(student, cells) for student in students))
    return students


def spread(values: list[float]) -> str:
    """The middle and the 95th percentile."""
    if len(values) < 2:
        return f"{values[0]:.2f}" if values else "-"
    return f"{statistics.median(values):.2f} / {statistics.quantiles(values, n=20, method='inclusive')[-1]:.2f}"


def main() -> None:
    """Measure classes of several sizes and print a row for each."""
    share_bundled()
    print("aims: no failure; an edit's 95th percentile 0.5 s and notebook 00 45 s at 16 users; 30 users in 24 GiB")
    columns = ("server start, s", "notebook 00, s", "an edit, s")
    print(f"{'users':>5}" + "".join(f"{column:>18}" for column in columns) + "  MiB a user  failures  load before")
    for count in map(int, sys.argv[1:] or USERS):
        before = os.getloadavg()[0]
        with TemporaryDirectory() as folder, running_hub(Path(folder)) as (hub, process):
            students = asyncio.run(attend_all(hub, count))
            servers = [each for each in process.children() if "jupyterhub.singleuser" in " ".join(each.cmdline())]
            memory = sum(map(private, servers)) / max(1, len(servers))
        starts, books = ([getattr(each, name) for each in students] for name in ("start", "notebook"))
        edits = [seconds for each in students for seconds in each.edits]
        failures = [failure for each in students for failure in each.failures]
        print(
            f"{count:5}{spread(starts):>18}{spread(books):>18}{spread(edits):>18}{memory:12.0f}{len(failures):10}"
            f"{before:13.1f}",
            flush=True,
        )
        for failure in failures[:5]:
            print(f"       {failure}")


if __name__ == "__main__":
    main()
