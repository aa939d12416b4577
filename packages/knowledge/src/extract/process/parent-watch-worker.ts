import { ppid } from 'node:process';

// A reader that never ends would outlive a server that was killed; a thread beside it notices.
const parent = ppid;
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}, 1_000);
