"""Python without POSIX, on a closed network; read by every process that has this folder on its path."""

import os
import signal
import sys

for module in ("fcntl", "resource", "pwd", "grp", "termios", "multiprocessing.popen_fork"):
    sys.modules[module] = None  # importing it is an ImportError

for name in (
    *("fork", "forkpty", "sched_getaffinity", "sysconf", "register_at_fork"),
    *("getgid", "getpgid", "killpg"),
):
    if hasattr(os, name):
        delattr(os, name)

for name in ("SIGALRM", "SIGKILL", "SIGPIPE", "SIGHUP", "SIGCHLD", "SIGUSR1", "setitimer", "pthread_sigmask"):
    if hasattr(signal, name):
        delattr(signal, name)


def _closed(event: str, arguments: tuple) -> None:
    if event in (
        "socket.connect",
        "socket.bind",
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "socket.sendto",
    ) and "127.0.0.1" not in str(arguments):  # this machine is no network
        raise OSError(f"no network here: {event} {arguments[1:]}")


sys.addaudithook(_closed)
