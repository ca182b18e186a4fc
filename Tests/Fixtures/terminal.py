"""Runs a program on a terminal of its own and types what it is told to, for the tests of what a person sees.

terminal.py COLUMNS DIALOGUE PROGRAM...: DIALOGUE is a JSON list of [text, keys]; the keys are typed when the text has
appeared. Prints everything the terminal is sent as it comes, and exits as the program did.
"""

import fcntl
import json
import os
import pty
import struct
import sys
import termios

columns, dialogue, program = int(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3:]
child, terminal = pty.fork()
if child == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    os.execvp(program[0], program)
seen, start = b"", 0
while True:
    try:
        news = os.read(terminal, 65536)
    except OSError:  # EIO: nobody has the terminal open any more
        break
    seen += news
    sys.stdout.buffer.write(news)
    sys.stdout.flush()
    while dialogue and (place := seen.find(dialogue[0][0].encode(), start)) >= 0:
        start = place + len(dialogue[0][0].encode())
        os.write(terminal, dialogue.pop(0)[1].encode())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) % 256)
