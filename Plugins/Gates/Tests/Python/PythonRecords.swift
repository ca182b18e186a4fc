/// What a program that runs Python's tests writes down while they run: a line of JSON for each thing that happened, to the
/// descriptor of ``ProcessKit/Command/report``.
///
/// Each line begins with a key that the program was handed on standard input. The code under test runs in the same process
/// and can write to the descriptor too; without the key what it writes is no record, and it cannot take anything back.
enum PythonRecords {
    /// A part of such a program; it defines `note(**line)`.
    static let source = #"""
        import _thread, fcntl, os, sys
        from json.encoder import encode_basestring_ascii

        # The report and the key. Programs that tests start have neither.
        def opened():
            key = b""
            while not key.endswith(b"\n"):
                piece = os.read(0, 100)
                if not piece:
                    raise SystemExit("There is no key on standard input.")
                key += piece
            null = os.open("/dev/null", os.O_RDONLY)
            os.dup2(null, 0)
            os.close(null)
            report = None
            for lowest in (500, 100, 10):
                try:
                    report = fcntl.fcntl(3, fcntl.F_DUPFD_CLOEXEC, lowest)
                    break
                except OSError:  # a low limit of descriptors
                    continue
            os.close(3)
            return report, key.strip() + b" "

        # What it calls is bound before anything of the project is loaded, which may put something else in its place.
        def recorder(write=os.write, getpid=os.getpid, quoted=encode_basestring_ascii):
            (report, key), process, lock = opened(), os.getpid(), _thread.allocate_lock()
            waiting = []

            def printable(text):
                text = text if len(text) <= 20_000 else text[:5_000] + "\n[...]\n" + text[-15_000:]
                return text.encode("utf-8", "backslashreplace").decode("utf-8")

            def word(value):
                if isinstance(value, str):
                    return quoted(printable(value))
                if isinstance(value, list):
                    return "[" + ",".join([word(each) for each in value]) + "]"
                return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)

            # What is of no use to anybody who takes it back may be written with the next line.
            def note(later=False, **line):
                if getpid() != process:  # a child that a test has forked runs on in here
                    return
                told = ",".join([f'"{name}":{word(value)}' for name, value in line.items() if value is not None])
                with lock:
                    waiting.append(key + b"{" + told.encode("ascii") + b"}\n")
                    if later:
                        return
                    rest = b"".join(waiting)
                    waiting.clear()
                    while rest:
                        rest = rest[write(report, rest):]

            return note

        note = recorder()
        """#
}
