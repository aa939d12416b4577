import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';

/** A mail as an SMTP server received it. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly data: string;
}

/** A small SMTP server on the loopback interface, without TLS. */
export interface FakeSmtp {
  readonly port: number;
  readonly mails: readonly ReceivedMail[];
  /** Name the client gave with EHLO. */
  readonly greetedAs: () => string;
  close(): Promise<void>;
}

/** Starts the server. `replies` overrides answers by command, such as `RCPT` → `550 no`. */
export async function startFakeSmtp(
  options: { replies?: Readonly<Record<string, string>>; password?: string } = {},
): Promise<FakeSmtp> {
  const mails: ReceivedMail[] = [];
  const sockets = new Set<Socket>();
  let greetedAs = '';

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    let buffer = '';
    let from = '';
    let to: string[] = [];
    let isData = false;
    const reply = (line: string): void => void socket.write(`${line}\r\n`);
    reply('220 fake');
    socket.on('data', (chunk) => {
      buffer += chunk.toString('utf8');
      for (;;) {
        const end = buffer.indexOf(isData ? '\r\n.\r\n' : '\r\n');
        if (end < 0) return;
        const line = buffer.slice(0, end);
        buffer = buffer.slice(end + (isData ? 5 : 2));
        if (isData) {
          isData = false;
          mails.push({ from, to, data: line });
          to = [];
          reply('250 taken');
          continue;
        }
        const command = line.slice(0, 4).toUpperCase();
        const override = options.replies?.[command];
        if (override !== undefined) reply(override);
        else if (command === 'EHLO') {
          greetedAs = line.slice(5);
          socket.write(
            `250-fake\r\n${options.password === undefined ? '' : '250-AUTH PLAIN\r\n'}250 8BITMIME\r\n`,
          );
        } else if (command === 'AUTH') {
          const presented = Buffer.from(line.split(' ')[2] ?? '', 'base64')
            .toString()
            .split('\0')[2];
          reply(presented === options.password ? '235 welcome' : '535 go away');
        } else if (command === 'MAIL') {
          from = /<(.*?)>/.exec(line)?.[1] ?? '';
          reply('250 ok');
        } else if (command === 'RCPT') {
          to.push(/<(.*?)>/.exec(line)?.[1] ?? '');
          reply('250 ok');
        } else if (command === 'DATA') {
          isData = true;
          reply('354 go on');
        } else if (command === 'QUIT') {
          socket.end('221 bye\r\n');
        } else reply('250 ok');
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    mails,
    greetedAs: () => greetedAs,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
