"""Entry of a Python process that serves one execution: a request on standard input, a report on fd 3."""


def trellis_process():
    import json
    import os
    import sys

    with os.fdopen(0, "rb", closefd=False) as stream:
        request = json.loads(stream.read())
    sys.stdin = open(os.devnull)
    sys.dont_write_bytecode = True
    # Printed text is kept even where the code ends its process without flushing.
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
    report = trellis_execute(request["code"], request["inputs"]).encode("ascii", "backslashreplace")
    sys.stdout.flush()
    while report:
        report = report[os.write(3, report):]
    os._exit(0)


trellis_process()
