import { CFB } from '@e965/xlsx';
import { describe, expect, it } from 'vitest';
import { rtfText } from '../shared/rtf-text.ts';
import { readWhole } from '../testing/read.ts';

describe('mails', () => {
  it('are told by their headers, text and the names of attachments', async () => {
    const mail = [
      'From: =?gb2312?B?1cXI/Q==?= <zhang@example.com>',
      'To: Bob <bob@example.com>, carol@example.com',
      'Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=',
      'Date: Mon, 1 Jan 2024 09:00:00 +0100',
      'Content-Type: multipart/mixed; boundary=B',
      '',
      '--B',
      'Content-Type: text/plain; charset=gb2312',
      'Content-Transfer-Encoding: base64',
      '',
      'xOO6ww==',
      '--B',
      'Content-Type: application/pdf; name="plan.pdf"',
      'Content-Disposition: attachment; filename="plan.pdf"',
      '',
      'x',
      '--B--',
    ].join('\r\n');
    expect(await readWhole('a.eml', mail)).toBe(
      'Subject: Grüße\nFrom: 张三 <zhang@example.com>\nTo: Bob <bob@example.com>, carol@example.com\nDate: 2024-01-01T08:00:00.000Z\n\n你好\n\nAttachments: plan.pdf',
    );
  });

  it('are read from their page where they have no plain text', async () => {
    const mail =
      'From: a@example.com\r\nSubject: x\r\nContent-Type: text/html\r\n\r\n<style>p{}</style><h2>Hi</h2><p>one\n two</p><table><tr><th>a<th>b</tr><tr><td>1<td>2</table>';
    expect(await readWhole('a.eml', mail)).toBe(
      'Subject: x\nFrom: a@example.com\n\n## Hi\none two\n| a | b |\n| --- | --- |\n| 1 | 2 |',
    );
  });
});

/** A mail as Outlook saves it: a compound file with a stream per property (MS-OXMSG). */
function makeMsg(
  properties: Readonly<Record<string, Buffer>>,
  recipients: readonly Readonly<Record<string, Buffer>>[] = [],
): Buffer {
  const file = CFB.utils.cfb_new();
  const streams = (folder: string, list: Readonly<Record<string, Buffer>>, headBytes: number) => {
    for (const [tag, value] of Object.entries(list))
      CFB.utils.cfb_add(file, `${folder}__substg1.0_${tag}`, value);
    CFB.utils.cfb_add(file, `${folder}__properties_version1.0`, Buffer.alloc(headBytes));
  };
  streams('/', properties, 32);
  for (const [index, list] of recipients.entries()) streams(`/__recip_version1.0_#0000000${index}/`, list, 8);
  CFB.utils.cfb_del(file, '/\u0001Sh33tJ5');
  return Buffer.from(CFB.write(file, { type: 'buffer' }) as Buffer);
}

describe('Outlook mails', () => {
  const unicode = (text: string) => Buffer.from(text, 'utf16le');
  const recipient = { '3001001F': unicode('Bob'), '39FE001F': unicode('bob@example.com') };

  it('are told like any other mail', async () => {
    const mail = makeMsg(
      {
        '0037001F': unicode('Hello 中文'),
        '0C1A001F': unicode('Ann'),
        '5D01001F': unicode('ann@example.com'),
        '1000001F': unicode('First line\r\nsecond'),
      },
      [recipient],
    );
    expect(await readWhole('a.msg', mail)).toBe(
      'Subject: Hello 中文\nFrom: Ann <ann@example.com>\nTo: Bob <bob@example.com>\n\nFirst line\nsecond',
    );
  });

  it('are read from their page where they have no plain text', async () => {
    const mail = makeMsg({
      '0037001F': unicode('x'),
      '10130102': Buffer.from('<p>From the <b>page</b></p>'),
    });
    expect(await readWhole('a.msg', mail)).toBe('Subject: x\n\nFrom the page');
  });

  it('give the text of RTF, and of a page that is hidden in it', () => {
    expect(
      rtfText(
        "{\\rtf1\\ansi{\\fonttbl{\\f0 Arial;}}\\f0 Caf\\'e9 \\u20013?\\par {\\*\\generator x}a\\{b\\}\\tab c}",
      ),
    ).toBe('Café 中\na{b}\tc');
    expect(
      rtfText(
        '{\\rtf1\\fromhtml1{\\*\\htmltag64 <p>}\\htmlrtf {\\htmlrtf0 Hi{\\*\\htmltag72 </p>}\\htmlrtf \\par}\\htmlrtf0}',
      ),
    ).toBe('Hi');
  });
});
