"""supervise.py PARENT COMMAND...

Runs the command until it ends, until this process is told to terminate, or until the process PARENT is gone: a test that is killed leaves no
server behind. The command and whatever it starts are one process group, and end together.
"""
import os
import signal
import subprocess
import sys
import time

GRACE_SECONDS = 10


def exists(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def end(child):
    for name in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(child.pid, name)
            child.wait(GRACE_SECONDS)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def main():
    parent, command = int(sys.argv[1]), sys.argv[2:]
    told = []
    signal.signal(signal.SIGTERM, lambda *_: told.append(True))
    child = subprocess.Popen(command, start_new_session=True)
    while child.poll() is None and not told and exists(parent):
        time.sleep(0.2)
    if child.returncode is not None:
        print(f"{os.path.basename(command[0])} ended by itself: {child.returncode}", flush=True)
    end(child)


main()
