import { type Attempt, attempts } from './attempt.ts';

const short = { alone: true, limits: { timeoutMs: 700, memoryBytes: 128 * 1024 * 1024 } };
const alone = { alone: true };

const reaching = attempts('python3', [
  ['reads a host file', 'return {"escaped": open(bait["file"]).read() == bait["secret"]}'],
  [
    'reads a host file through os.open',
    'import os\nreturn {"escaped": os.read(os.open(bait["file"], os.O_RDONLY), 99).decode() == bait["secret"]}',
  ],
  [
    'reads a host file through pathlib',
    'import pathlib\nreturn {"escaped": pathlib.Path(bait["file"]).read_text() == bait["secret"]}',
  ],
  ['lists a host folder', 'import os\nreturn {"escaped": os.listdir(bait["folder"]) is not None}'],
  [
    'reads a host file through a relative path',
    'return {"escaped": open("../../../../../../.." + bait["file"]).read() == bait["secret"]}',
  ],
  [
    'reads a host file through a symlink',
    'import os\nos.symlink(bait["file"], "/tmp/link")\nreturn {"escaped": open("/tmp/link").read() == bait["secret"]}',
  ],
  [
    'reads a host file through a hard link',
    'import os\nos.link(bait["file"], "/tmp/hard")\nreturn {"escaped": open("/tmp/hard").read() == bait["secret"]}',
  ],
  [
    'writes into a host folder',
    'open(bait["folder"] + "/python", "w").write("x")\nreturn {"escaped": False}',
  ],
  [
    'makes a folder on the host',
    'import os\nos.makedirs(bait["folder"] + "/made")\nreturn {"escaped": False}',
  ],
  [
    'renames into a host folder',
    'import os\nopen("/tmp/x", "w").close()\nos.rename("/tmp/x", bait["folder"] + "/renamed")\nreturn {"escaped": False}',
  ],
  ['deletes a host file', 'import os\nos.unlink(bait["file"])\nreturn {"escaped": True}'],
  ['changes modes of a host file', 'import os\nos.chmod(bait["file"], 0o777)\nreturn {"escaped": True}'],
  ['reads the users of the host', 'return {"escaped": "root" in open("/etc/passwd").read()}'],
  ['reads the password hashes of the host', 'return {"escaped": ":" in open("/etc/shadow").read()}'],
  ['reads the host name', 'return {"escaped": bool(open("/etc/hostname").read())}'],
  ['reads the environment of its parent', 'import os\nreturn {"escaped": "TRELLIS_BAIT" in os.environ}'],
  [
    'reads the environment through /proc',
    'return {"escaped": "TRELLIS_BAIT" in open("/proc/self/environ").read()}',
  ],
  [
    'reads the environment of the server',
    'return {"escaped": bool(open("/proc/%d/environ" % bait["pid"]).read())}',
  ],
  [
    'reads the command line of the server',
    'return {"escaped": bool(open("/proc/%d/cmdline" % bait["pid"]).read())}',
  ],
  [
    'reads the memory of the server',
    'return {"escaped": open("/proc/%d/mem" % bait["pid"], "rb") is not None}',
  ],
  [
    'goes through the root of the server',
    'return {"escaped": open("/proc/%d/root%s" % (bait["pid"], bait["file"])).read() == bait["secret"]}',
  ],
  [
    'goes through the root of process 1',
    'return {"escaped": open("/proc/1/root" + bait["file"]).read() == bait["secret"]}',
  ],
  ['reads the kernel messages', 'return {"escaped": bool(open("/dev/kmsg").read(1))}'],
  ['reads the memory of the machine', 'return {"escaped": bool(open("/dev/mem", "rb").read(1))}'],
  ['lists the disks', 'import os\nreturn {"escaped": bool(os.listdir("/sys/block"))}'],
  [
    'writes to a kernel setting',
    'open("/proc/sys/kernel/core_pattern", "w").write("|/bin/sh")\nreturn {"escaped": True}',
  ],
  ['leaves by chroot', 'import os\nos.chroot("/tmp")\nreturn {"escaped": True}'],
  ['becomes root', 'import os\nos.setuid(0)\nreturn {"escaped": __import__("sys").platform == "linux"}'],
  [
    'signals the server',
    'import os\nos.kill(bait["pid"], 0)\nreturn {"escaped": __import__("sys").platform == "linux"}',
  ],
  [
    'connects to loopback',
    'import socket\nsocket.create_connection(("127.0.0.1", bait["port"]), 1).send(b"x")\nreturn {"escaped": False}',
  ],
  [
    'connects to loopback over IPv6',
    'import socket\nsocket.create_connection(("::1", bait["port"]), 1).send(b"x")\nreturn {"escaped": False}',
  ],
  [
    'connects to a Unix socket',
    'import socket\ns = socket.socket(socket.AF_UNIX)\ns.connect(bait["socket"])\ns.send(b"x")\nreturn {"escaped": True}',
  ],
  [
    'connects to an abstract Unix socket',
    'import socket\ns = socket.socket(socket.AF_UNIX)\ns.connect("\\0trellis-bait-%d" % bait["pid"])\nreturn {"escaped": True}',
  ],
  [
    'opens a raw socket',
    'import socket\nsocket.socket(socket.AF_INET, socket.SOCK_RAW, 1)\nreturn {"escaped": True}',
  ],
  ['opens a packet socket', 'import socket\nsocket.socket(17, socket.SOCK_RAW, 0)\nreturn {"escaped": True}'],
  [
    'opens a netlink socket',
    'import socket\nsocket.socket(16, socket.SOCK_RAW, 0)\nreturn {"escaped": True}',
  ],
  [
    'asks over HTTP',
    'import urllib.request\nurllib.request.urlopen("http://127.0.0.1:%d/" % bait["port"], timeout=1)\nreturn {"escaped": True}',
  ],
  [
    'asks for cloud metadata',
    'import urllib.request\nurllib.request.urlopen("http://169.254.169.254/", timeout=1)\nreturn {"escaped": True}',
  ],
  ['resolves a name', 'import socket\nsocket.gethostbyname("example.com")\nreturn {"escaped": False}'],
  [
    'connects its own standard output',
    'import socket\ns = socket.socket(fileno=1)\ns.connect(("127.0.0.1", bait["port"]))\nreturn {"escaped": True}',
  ],
  ['starts a shell', 'import os\nos.system("touch " + bait["folder"] + "/shell")\nreturn {"escaped": False}'],
  [
    'starts a program',
    'import subprocess\nsubprocess.run(["/bin/ls"], check=True)\nreturn {"escaped": True}',
  ],
  [
    'starts its interpreter again',
    'import subprocess, sys\nsubprocess.run([sys.executable, "-c", "0"], check=True)\nreturn {"escaped": True}',
  ],
  ['forks', 'import os\npid = os.fork()\nreturn {"escaped": pid >= 0}'],
  [
    'starts a pool of processes',
    'import multiprocessing\nmultiprocessing.Process(target=print).start()\nreturn {"escaped": True}',
  ],
  [
    'spawns by posix_spawn',
    'import os\nos.posix_spawn("/usr/bin/python3", ["python3"], {})\nreturn {"escaped": True}',
  ],
  [
    'traces a process by ctypes',
    'import ctypes\nlibc = ctypes.CDLL(None)\nreturn {"escaped": libc.ptrace(16, bait["pid"], 0, 0) == 0}',
  ],
  [
    'makes a user namespace by ctypes',
    'import ctypes\nreturn {"escaped": ctypes.CDLL(None).unshare(0x10000000) == 0}',
  ],
  [
    'mounts by ctypes',
    'import ctypes\nreturn {"escaped": ctypes.CDLL(None).mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0}',
  ],
  [
    'asks the kernel for a key by ctypes',
    'import ctypes\nlibc = ctypes.CDLL(None)\nreturn {"escaped": libc.syscall(250, 0, -3, 0) >= 0}',
  ],
  [
    'loads a BPF program by ctypes',
    'import ctypes\nreturn {"escaped": ctypes.CDLL(None).syscall(321, 0, 0, 0) >= 0}',
  ],
  [
    'opens by file handle',
    'import ctypes\nreturn {"escaped": ctypes.CDLL(None).syscall(304, -100, 0, 0) >= 0}',
  ],
  [
    'uses io_uring',
    'import ctypes\nbuffer = ctypes.create_string_buffer(256)\nreturn {"escaped": ctypes.CDLL(None).syscall(425, 8, buffer) >= 0}',
  ],
  [
    'uses a foreign system call table',
    'import ctypes\nreturn {"escaped": ctypes.CDLL(None).syscall(0x40000000 + 39) > 0}',
  ],
  [
    'watches performance counters',
    'import ctypes\nreturn {"escaped": ctypes.CDLL(None).syscall(298, 0, 0, -1, -1, 0) >= 0}',
  ],
  [
    'shares memory',
    'import mmap\nmmap.mmap(-1, 4096)\nreturn {"escaped": __import__("sys").platform == "linux"}',
  ],
  ['makes a file of memory', 'import os\nos.memfd_create("x")\nreturn {"escaped": True}'],
  [
    'raises its own limits',
    'import resource\nresource.setrlimit(resource.RLIMIT_NPROC, (10**6, 10**6))\nreturn {"escaped": True}',
  ],
  [
    'makes a device',
    'import os, stat\nos.mknod("/tmp/disk", stat.S_IFBLK | 0o600, os.makedev(8, 0))\nreturn {"escaped": __import__("sys").platform == "linux"}',
  ],
  [
    'writes outside its temporary folder',
    'open("/usr/lib/python-bait", "w").write("x")\nreturn {"escaped": __import__("sys").platform == "linux"}',
  ],
  [
    'changes the standard library',
    'import json\nopen(json.__file__, "a").write("x")\nreturn {"escaped": __import__("sys").platform == "linux"}',
  ],
]);

const hostOfWebAssembly = attempts('python3', [
  ['imports the JavaScript host', 'import js\nreturn {"escaped": bool(js.process.pid)}'],
  ['imports the host’s globals', 'import js\nreturn {"escaped": bool(js.globalThis.process)}'],
  ['imports the Pyodide object', 'import pyodide_js\nreturn {"escaped": bool(pyodide_js.runPython)}'],
  ['reaches the core', 'import _pyodide_core\nreturn {"escaped": bool(_pyodide_core)}'],
  ['runs JavaScript', 'from pyodide.code import run_js\nreturn {"escaped": bool(run_js("process.pid"))}'],
  [
    'runs JavaScript through the internal module',
    'import _pyodide._base, sys\nfrom _pyodide import _core_docs\nreturn {"escaped": bool(sys.modules["pyodide.code"].run_js("1"))}',
  ],
  [
    'makes a function from text',
    'import sys\nfor name in ("js", "pyodide_js"):\n    sys.modules.pop(name, None)\nimport js\nreturn {"escaped": bool(js.Object.constructor("return process")().pid)}',
  ],
  [
    'reaches the constructor of functions',
    'import sys\nsys.modules.pop("js", None)\nimport js\nf = js.Object.constructor.new("return process.pid")\nreturn {"escaped": bool(f())}',
  ],
  [
    'reaches a promise’s world',
    'import sys\nsys.modules.pop("js", None)\nimport js\nreturn {"escaped": bool(js.Promise.constructor.constructor("return globalThis")().process)}',
  ],
  [
    'mounts a host folder',
    'import sys\nsys.modules.pop("pyodide_js", None)\nimport pyodide_js\npyodide_js.mountNodeFS("/host", bait["folder"])\nopen("/host/mounted", "w").write("x")\nreturn {"escaped": True}',
  ],
  [
    'mounts through the file system object',
    'import sys\nsys.modules.pop("pyodide_js", None)\nimport pyodide_js\nfs = pyodide_js.FS\nfs.mkdir("/host")\nfs.mount(fs.filesystems.NODEFS, {"root": "/"}, "/host")\nreturn {"escaped": open("/host" + bait["file"]).read() == bait["secret"]}',
  ],
  [
    'loads a package from the network',
    'import sys\nsys.modules.pop("pyodide_js", None)\nimport pyodide_js\npyodide_js.loadPackage("micropip")\nimport micropip\nreturn {"escaped": True}',
  ],
  [
    'fetches by pyodide',
    'from pyodide.http import pyfetch, open_url\nreturn {"escaped": bool(open_url("http://127.0.0.1:%d/" % bait["port"]).read())}',
  ],
  [
    'finds JavaScript objects by the collector',
    'import gc\nfound = [o for o in gc.get_objects() if type(o).__name__ == "JsProxy"]\nreturn {"escaped": any(hasattr(o, "process") or hasattr(o, "require") for o in found)}',
  ],
  [
    'reaches a module through the import system',
    'import importlib, sys\nsys.modules.pop("js", None)\nm = importlib.import_module("js")\nreturn {"escaped": hasattr(m, "process") or hasattr(m, "require") or hasattr(m, "fetch")}',
  ],
  [
    'registers a module of the host',
    'import sys\nfrom _pyodide._importhook import jsfinder\nreturn {"escaped": any(hasattr(m, "process") for m in jsfinder.jsproxies.values())}',
  ],
]);

const exhausting = attempts(
  'python3',
  [
    ['takes memory at once', 'return {"escaped": len(bytearray(2 * 10**9)) > 0}'],
    ['takes memory bit by bit', 'data = []\nwhile True:\n    data.append(bytearray(10**6))'],
    ['takes memory in a dictionary', 'data = {}\nwhile True:\n    data[len(data)] = str(len(data)) * 50'],
    ['spins', 'while True:\n    pass'],
    ['sleeps', 'import time\ntime.sleep(3600)'],
    ['computes a huge power', 'return {"escaped": (9 ** 9 ** 9) > 0}'],
    [
      'catches what stops it',
      'while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass',
    ],
    ['forks without end', 'import os\nwhile True:\n    os.fork()'],
    [
      'starts threads without end',
      'import threading, time\nwhile True:\n    threading.Thread(target=time.sleep, args=(60,)).start()',
    ],
    ['floods its output', 'while True:\n    print("x" * 10**6)'],
    ['floods its error output', 'import sys\nwhile True:\n    sys.stderr.write("x" * 10**6)'],
    ['floods the standard descriptors', 'import os\nwhile True:\n    os.write(1, b"x" * 10**6)'],
    ['returns too much', 'return {"escaped": False, "data": "x" * 10**8}'],
    ['returns a deep value', 'value = {}\nfor _ in range(100000):\n    value = {"a": value}\nreturn value'],
    ['returns a cycle', 'value = {}\nvalue["a"] = value\nreturn value'],
    [
      'fills its disk',
      'with open("/tmp/fill", "wb") as file:\n    while True:\n        file.write(b"x" * 10**6)',
    ],
    [
      'fills its disk with many files',
      'for index in range(10**6):\n    open("/tmp/%d" % index, "wb").write(b"x" * 10**6)',
    ],
    ['opens files without end', 'files = []\nwhile True:\n    files.append(open("/dev/null"))'],
    [
      'unpacks a zip bomb',
      'import io, zipfile\nstream = io.BytesIO()\nwith zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as z:\n    for index in range(64):\n        z.writestr(str(index), bytes(10**7))\nz = zipfile.ZipFile(stream)\nreturn {"escaped": bool([z.read(name) for name in z.namelist()])}',
    ],
    [
      'matches a costly expression',
      'import re\nre.match("(a+)+$", "a" * 60 + "b")\nreturn {"escaped": True}',
    ],
    ['recurses through C', 'import json\nreturn {"escaped": bool(json.loads("[" * 10**6))}'],
    ['recurses', 'def f():\n    return f()\nreturn f()'],
    ['crashes its interpreter', 'import ctypes\nctypes.string_at(0)\nreturn {"escaped": False}'],
    ['aborts', 'import os\nos.abort()'],
    ['exits', 'raise SystemExit(0)'],
    ['hangs at its end', 'import atexit, time\natexit.register(time.sleep, 3600)\nimport os\nos._exit(0)'],
  ],
  short,
);

const forging = attempts(
  'python3',
  [
    [
      'writes a report of its own',
      'import os\nos.write(3, b\'{"ok":true,"result":"{\\\\"escaped\\\\":true}"}\')\nreturn {"escaped": False}',
    ],
    ['prints a report', 'print(\'{"ok":true,"result":"{}"}\')\nreturn {"escaped": False}'],
    [
      'prints the marker of a remote sandbox',
      'print(\'<<RESULT>>{"escaped":true}<<RESULT>>\')\nreturn {"escaped": False}',
    ],
    [
      'answers for a later execution',
      'import os\nfor fd in (1, 3, 4, 5):\n    try:\n        os.write(fd, b\'{"nonce":"0","report":"{}","stdout":""}\\n\')\n    except OSError:\n        pass\nreturn {"escaped": False}',
    ],
    [
      'replaces the JSON functions',
      'import json\njson.dumps = lambda *a, **k: \'{"escaped": true}\'\nreturn {"escaped": False}',
    ],
    [
      'replaces the built-in functions',
      'import builtins\nbuiltins.isinstance = lambda *a: True\nbuiltins.callable = lambda *a: False\nreturn {"escaped": False}',
    ],
    [
      'rewrites its runner',
      'import sys\nframe = sys._getframe(1)\nframe.f_globals["trellis_execute"] = lambda *a: \'{"ok": true, "result": "{\\\\"escaped\\\\": true}"}\'\nreturn {"escaped": False}',
    ],
    [
      'raises an error whose text fails',
      'class E(Exception):\n    def __str__(self):\n        raise SystemExit\nraise E',
    ],
    [
      'closes the channels',
      'import os\nfor fd in range(20):\n    try:\n        os.close(fd)\n    except OSError:\n        pass\nreturn {"escaped": False}',
    ],
    [
      'returns a dictionary of its own kind',
      'class D(dict):\n    def items(self):\n        return [("escaped", False), ("x", self)]\nreturn D(a=1)',
    ],
  ],
  alone,
);

/** Attempts in Python. */
export const pythonAttempts: readonly Attempt[] = [
  ...reaching,
  ...hostOfWebAssembly,
  ...exhausting,
  ...forging,
];
