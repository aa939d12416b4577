import { type Attempt, attempts } from './attempt.ts';

const short = { alone: true, limits: { timeoutMs: 700, memoryBytes: 128 * 1024 * 1024 } };
const alone = { alone: true };

const reaching = attempts('javascript', [
  [
    'reads a host file',
    'return { escaped: require("node:fs").readFileSync(bait.file, "utf8") === bait.secret };',
  ],
  [
    'reads a host file by import',
    'const fs = await import("node:fs"); return { escaped: fs.readFileSync(bait.file, "utf8") === bait.secret };',
  ],
  [
    'reads a host file through a link',
    'const fs = require("fs"); fs.symlinkSync(bait.file, "/tmp/l"); return { escaped: fs.readFileSync("/tmp/l", "utf8") === bait.secret };',
  ],
  ['lists a host folder', 'return { escaped: require("fs").readdirSync(bait.folder) !== null };'],
  [
    'writes into a host folder',
    'require("fs").writeFileSync(bait.folder + "/javascript", "x"); return { escaped: true };',
  ],
  ['deletes a host file', 'require("fs").unlinkSync(bait.file); return { escaped: true };'],
  ['reads the environment', 'return { escaped: "TRELLIS_BAIT" in process.env };'],
  [
    'reads the environment of the server',
    'return { escaped: require("fs").readFileSync("/proc/" + bait.pid + "/environ").length > 0 };',
  ],
  [
    'reads its own environment through /proc',
    'return { escaped: require("fs").readFileSync("/proc/self/environ", "utf8").includes("TRELLIS_BAIT") };',
  ],
  [
    'starts a program',
    'return { escaped: require("node:child_process").execFileSync("/bin/ls").length > 0 };',
  ],
  [
    'starts a shell',
    'return { escaped: require("child_process").execSync("touch " + bait.folder + "/sh") !== null };',
  ],
  [
    'starts Node again',
    'return { escaped: require("child_process").spawnSync(process.execPath, ["-v"]).status === 0 };',
  ],
  [
    'starts a cluster',
    'const c = require("cluster"); c.setupPrimary({ exec: "/dev/null" }); const w = c.fork(); return { escaped: await new Promise((r) => { w.once("online", () => r(true)); w.once("error", () => r(false)); setTimeout(() => r(false), 500); }) };',
  ],
  ['signals the server', 'process.kill(bait.pid, 0); return { escaped: true };'],
  ['becomes root', 'process.setuid(0); return { escaped: true };'],
  [
    'connects to loopback',
    'const s = require("net").connect(bait.port, "127.0.0.1"); return { escaped: await new Promise((r) => { s.once("connect", () => r(true)); s.once("error", () => r(false)); }) };',
  ],
  [
    'connects to a Unix socket',
    'const s = require("net").connect(bait.socket); return { escaped: await new Promise((r) => { s.once("connect", () => r(true)); s.once("error", () => r(false)); }) };',
  ],
  ['fetches', 'await fetch("http://127.0.0.1:" + bait.port); return { escaped: true };'],
  [
    'opens a web socket',
    'const s = new WebSocket("ws://127.0.0.1:" + bait.port); return { escaped: await new Promise((r) => { s.onopen = () => r(true); s.onerror = () => r(false); }) };',
  ],
  [
    'asks over HTTP',
    'return { escaped: await new Promise((r) => require("http").get("http://127.0.0.1:" + bait.port, () => r(true)).on("error", () => r(false))) };',
  ],
  [
    'sends a datagram',
    'return { escaped: await new Promise((r) => { const s = require("dgram").createSocket("udp4"); s.on("error", () => r(false)); s.send("x", bait.port, "127.0.0.1", (e) => r(!e)); }) };',
  ],
  [
    'resolves a name',
    'return { escaped: await require("dns/promises").lookup("example.com").then(() => true, () => false) };',
  ],
  [
    'listens',
    'const s = require("net").createServer(); return { escaped: await new Promise((r) => { s.on("error", () => r(false)); s.listen(0, () => r(true)); }) };',
  ],
  [
    'loads a native module',
    'process.dlopen({ exports: {} }, "/usr/lib/x86_64-linux-gnu/libc.so.6"); return { escaped: true };',
  ],
  [
    'opens the inspector',
    'const i = require("inspector"); i.open(0); return { escaped: i.url() !== undefined };',
  ],
  [
    'reaches internal bindings',
    'const tcp = process.binding("tcp_wrap"); const t = new tcp.TCP(0); return { escaped: t.connect(new tcp.TCPConnectWrap(), "127.0.0.1", bait.port) === 0 };',
  ],
  [
    'spawns through internal bindings',
    'const { Process } = process.binding("process_wrap"); return { escaped: new Process().spawn({ file: "/bin/ls", args: [] }) === 0 };',
  ],
  [
    'makes a function from text',
    'return { escaped: typeof Function("return process")().binding("spawn_sync") === "object" && Function("return process")().binding("spawn_sync").spawn({ file: "/bin/true", args: ["true"] }).status === 0 };',
  ],
  [
    'reaches the host through a constructor',
    'const host = main.constructor.constructor("return globalThis")(); return { escaped: typeof host.process === "object" && "TRELLIS_BAIT" in host.process.env };',
  ],
  [
    'reaches the host through an error',
    'try { null.x; } catch (error) { const p = error.constructor.constructor("return process")(); return { escaped: "TRELLIS_BAIT" in p.env }; }',
  ],
  [
    'reaches the host through a stack trace',
    'Error.prepareStackTrace = (_, sites) => sites; const sites = new Error().stack; return { escaped: sites.some((s) => { const t = s.getThis?.(); return t && t.process && "TRELLIS_BAIT" in t.process.env; }) };',
  ],
  [
    'reaches the host through a proxy',
    'const p = new Proxy({}, { get: (_, k) => k }); return { escaped: "TRELLIS_BAIT" in p.constructor.constructor("return process.env")() };',
  ],
  [
    'reaches the host through a tagged template',
    'const t = ((s) => s.constructor.constructor)`x`; return { escaped: "TRELLIS_BAIT" in t("return process.env")() };',
  ],
  [
    'reaches the host through an async function',
    'const A = (async () => {}).constructor; return { escaped: "TRELLIS_BAIT" in (await A("return process.env")()) };',
  ],
  [
    'reaches the host through its console',
    'return { escaped: "TRELLIS_BAIT" in console.log.constructor("return process.env")() };',
  ],
  [
    'reaches the modules of the parent',
    'return { escaped: Object.keys(require.cache).some((name) => name.includes("sandbox")) || require.main?.filename?.includes("/packages/") === true };',
  ],
  [
    'imports a data address',
    'const m = await import("data:text/javascript,export default globalThis.process?.env"); return { escaped: m.default !== undefined && "TRELLIS_BAIT" in m.default };',
  ],
  [
    'runs WebAssembly System Interface code',
    'const { WASI } = require("wasi"); const w = new WASI({ version: "preview1", preopens: { "/x": bait.folder } }); return { escaped: require("fs").readdirSync(bait.folder).length >= 0 && w !== null };',
  ],
  [
    'writes a heap snapshot to the host',
    'require("v8").writeHeapSnapshot(bait.folder + "/heap"); return { escaped: false };',
  ],
  [
    'writes a report to the host',
    'process.report.writeReport(bait.folder + "/report.json"); return { escaped: false };',
  ],
]);

const pollution = attempts(
  'javascript',
  [
    [
      'pollutes the object prototype',
      'Object.prototype.escaped = true; Object.prototype.ok = true; return { escaped: false };',
    ],
    ['pollutes arrays', 'Array.prototype.map = () => ["x"]; return { escaped: false };'],
    [
      'returns a key named __proto__',
      'return JSON.parse(\'{"escaped": false, "__proto__": {"polluted": true}}\');',
    ],
    [
      'returns a key named constructor',
      'return { escaped: false, constructor: { prototype: { polluted: true } } };',
    ],
    ['gives its result a toJSON', 'return { escaped: true, toJSON: () => ({ escaped: false }) };'],
    [
      'replaces JSON',
      'JSON.stringify = () => \'{"escaped":true}\'; JSON.parse = () => ({}); return { escaped: false };',
    ],
    ['returns a getter that throws', 'return { get escaped() { throw new Error("x"); } };'],
    ['replaces promises', 'globalThis.Promise = null; return { escaped: false };'],
  ],
  alone,
);

const exhausting = attempts(
  'javascript',
  [
    ['spins', 'for (;;);'],
    ['spins in a promise', 'return new Promise(() => { for (;;); });'],
    ['never settles', 'return new Promise(() => {});'],
    [
      'queues jobs without end',
      'const again = () => Promise.resolve().then(again); again(); return new Promise(() => {});',
    ],
    ['takes memory in arrays', 'const a = []; for (;;) a.push(new Array(1000).fill({}));'],
    ['takes memory in text', 'let t = "x"; for (;;) t += t;'],
    ['takes memory in buffers', 'const a = []; for (;;) a.push(new Uint8Array(1e7).fill(1));'],
    ['recurses', 'const f = () => f() + 1; return f();'],
    [
      'recurses through JSON',
      'let v = []; for (let i = 0; i < 1e6; i++) v = [v]; return { escaped: JSON.stringify(v).length > 0 };',
    ],
    ['recurses through regular expressions', 'return { escaped: /^(a|a)*$/.test("a".repeat(1e5) + "b") };'],
    ['matches a costly expression', 'return { escaped: !/^(a+)+$/.test("a".repeat(60) + "b") };'],
    ['floods its output', 'for (;;) console.log("x".repeat(1e6));'],
    ['returns too much', 'return { escaped: false, data: "x".repeat(3e7) };'],
    [
      'starts workers',
      'const { Worker } = require("worker_threads"); for (;;) new Worker("for(;;);", { eval: true });',
    ],
    ['ends its process', 'process.exit(0);'],
    ['aborts', 'process.abort();'],
    [
      'fills its disk',
      'const fs = require("fs"); for (let i = 0; ; i++) fs.writeFileSync("/tmp/" + i, Buffer.alloc(1e6));',
    ],
    ['shares memory', 'const a = []; for (;;) a.push(new Uint8Array(new SharedArrayBuffer(1e7)).fill(1));'],
    [
      'grows a WebAssembly memory',
      'const m = new WebAssembly.Memory({ initial: 1 }); for (;;) { m.grow(100); new Uint8Array(m.buffer).fill(1); }',
    ],
  ],
  short,
);

const forging = attempts(
  'javascript',
  [
    [
      'writes a report of its own',
      'require("fs").writeSync(3, \'{"ok":true,"result":"{\\\\"escaped\\\\":true}"}\'); return { escaped: false };',
    ],
    [
      'prints a report',
      'console.log(\'{"nonce":"0","report":"{}","stdout":""}\'); return { escaped: false };',
    ],
    [
      'takes the runner’s own functions',
      'return { escaped: typeof trellisHost === "object" && typeof trellisHost.parse.constructor("return this.process")() === "object" };',
    ],
    ['throws something that is no error', 'throw { get stack() { throw 1; }, get message() { throw 2; } };'],
    ['throws null', 'throw null;'],
  ],
  alone,
);

/** Attempts in JavaScript. */
export const javascriptAttempts: readonly Attempt[] = [...reaching, ...pollution, ...exhausting, ...forging];
