"""Runs one `main` of user code inside a sandbox and reports how it went.

The report is one JSON object in ASCII: {"ok": true, "result": <text of the result as JSON>} or
{"ok": false, "type", "message", "line", "trace", "module"}. Everything in it was under the hands of the
user's code: the host trusts its form as little as its content.
"""


def trellis_execute(code, inputs_json):
    import json
    import sys

    file_name = "main.py"
    module = type(sys)("__main__")
    sys.modules["__main__"] = module
    # Taken before the user's code runs, which may put other things in their place.
    dumps, loads = json.dumps, json.loads
    try:
        inputs = loads(inputs_json)
        exec(compile(code, file_name, "exec", dont_inherit=True), module.__dict__)
        main = module.__dict__.get("main")
        if not callable(main):
            return dumps({"ok": False, "type": "NameError", "message": "The code must define a function named main."})
        result = main(**inputs)
        if not isinstance(result, dict):
            message = "The result of main must be an object (dict), got " + type(result).__name__ + "."
            return dumps({"ok": False, "type": "TypeError", "message": message, "result": True})
        return dumps({"ok": True, "result": dumps(result, allow_nan=False)})
    except BaseException as error:
        return dumps(trellis_describe(error, file_name, code))


def trellis_describe(error, file_name, code):
    # Imported for failures only: they are a third of an execution's time.
    import linecache
    import traceback

    linecache.cache[file_name] = (len(code), None, code.splitlines(True), file_name)

    try:
        message = str(error)
    except BaseException:
        message = ""
    report = {"ok": False, "type": type(error).__name__, "message": message[:20000]}
    if isinstance(error, ModuleNotFoundError) and isinstance(error.name, str):
        report["module"] = error.name[:200]
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file_name]
    if isinstance(error, SyntaxError) and error.filename == file_name:
        report["message"] = str(error.msg)[:20000]
        report["line"] = error.lineno
        report["trace"] = "".join(traceback.format_exception_only(type(error), error))[:20000]
    elif frames:
        report["line"] = frames[-1].lineno
        lines = traceback.format_list(frames[-20:]) + [report["type"] + ": " + message]
        report["trace"] = ("Traceback (most recent call last):\n" + "".join(lines))[:20000]
    return report
