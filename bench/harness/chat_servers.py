"""The chat servers: ours and its peers, over TCP and WebSocket."""

import os
import shutil
import subprocess
from pathlib import Path

from .processes import Server, last_line

PEERS = Path(__file__).resolve().parent.parent / "peers"
INSTALL_S_MAX = 120

TITLES = {
    "chat": "ours, TCP",
    "chat-ws": "ours, WebSocket",
    "raw": "raw epoll",
    "go": "Go",
    "go-ws": "Go, gorilla",
    "node-ws": "Node, ws",
}


class ChatServers:
    """How each server is started, or why it cannot be."""

    def __init__(self, lab):
        self.lab = lab
        self.node_folder = lab.programs.parent / "chat-node"
        self._node_problem = None  # not looked yet

    def problem(self, name):
        """Why there is no such server; empty if there is."""
        if name == "node-ws":
            if self._node_problem is None:
                self._node_problem = self._install_node_peer()
            return self._node_problem
        if name == "go-ws" and not self.problem("go"):
            return self._gorilla_problem()
        program = self._command(name)[0]
        return "" if os.access(program, os.X_OK) else f"not built: {program.name}"

    def start(self, name):
        return Server(self._command(name), self.lab.server_core, {"GOMAXPROCS": "1"})

    def address_of(self, name, server):
        """Where members of a server that was started as `name` connect."""
        return server.uri + ("/ws" if name == "chat-ws" else "")

    def _command(self, name):
        stand_in = self.lab.stand_in if name == "chat" else ""
        program = self.lab.programs / (stand_in or "actornet-chat-server")
        if name == "raw":
            return [self.lab.programs / "peer-chat-epoll", "--port", "0"]
        if name in ("go", "go-ws"):
            websocket = ["--websocket"] if name == "go-ws" else []
            return [self.lab.programs / "peer-chat-go", "--port", "0", *websocket]
        if name == "node-ws":
            return [Path(shutil.which("node") or "node"), self.node_folder / "server.js",
                    "--port", "0"]
        if stand_in:
            return [program, "--port", "0"]
        scheme = "ws" if name == "chat-ws" else "tcp"
        # The peers limit nobody's rate.
        unlimited = [f"--rate-{whose}=0" for whose in ("connection", "user", "address")]
        return [program, "--listen", f"{scheme}://127.0.0.1:0", "--auth", "none", "--loops", "1",
                *unlimited]

    def _gorilla_problem(self):
        packages = Path("/usr/share/gocode/src/github.com/gorilla/websocket")
        return "" if packages.exists() else "no golang-github-gorilla-websocket-dev"

    def _install_node_peer(self):
        if not shutil.which("node") or not shutil.which("npm"):
            return "no nodejs and npm"
        shutil.copytree(PEERS / "chat-node", self.node_folder, dirs_exist_ok=True)
        command = ["npm", "ci", "--no-audit", "--no-fund"]
        try:
            done = subprocess.run(command, cwd=self.node_folder, capture_output=True, text=True,
                                  timeout=INSTALL_S_MAX)
        except subprocess.TimeoutExpired:
            return "npm ci did not end"
        return "" if done.returncode == 0 else f"npm ci: {last_line(done.stderr)}"
