import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp, type TestPerson } from '../../testing/test-app.ts';
import { askText, endWith, type PublishedApp, publishGraph, rowGraph } from '../workflows/testing.ts';

let app: TestApp;
let owner: TestPerson;
let editor: TestPerson;

beforeAll(async () => {
  app = await createTestApp({ mail: true, environment: { APP_WEB_URL: 'https://apps.example.com' } });
  owner = await app.owner();
  editor = await app.member('editor', { email: 'editor@example.com' });
});
afterAll(() => app.close());

const everybody = { whole_workspace: true, items: [] };
const webapp = { id: 'web', type: 'webapp', enabled: true };
const email = (config: object) => ({
  id: 'mail',
  type: 'email',
  enabled: true,
  config: {
    subject: 'About {{#start.text#}}',
    body: 'See **{{#start.text#}}**: [answer]({{#url#}})',
    ...config,
  },
});

function graph(methods: object[]) {
  const { nodes, edges } = rowGraph({
    start: askText,
    ask: {
      type: 'human-input',
      delivery_methods: methods,
      form_content: 'Is {{#start.text#}} right?',
      inputs: [],
      user_actions: [{ id: 'yes', title: 'Yes', button_style: 'primary' }],
      timeout: 1,
      timeout_unit: 'hour',
    },
    end: endWith(['ask', '__action_value']),
  });
  // Behind the form it goes on by the action that was chosen.
  return {
    nodes,
    edges: edges.map((edge) => (edge.source === 'ask' ? { ...edge, sourceHandle: 'yes' } : edge)),
  };
}

const approval = (methods: object[]): Promise<PublishedApp> =>
  publishGraph(app, owner, { mode: 'workflow', graph: graph(methods) });

/** Starts a run; it waits. */
async function ask(made: PublishedApp, text: string): Promise<{ runId: string; formToken: string | null }> {
  const { json } = await made.client.post('/v1/workflows/run', { inputs: { text }, user: 'reader' });
  expect(json.data.status).toBe('paused');
  return { runId: json.workflow_run_id, formToken: json.data.reasons[0].form_token };
}

const linkIn = (mail: { text: string }) =>
  /https:\/\/apps\.example\.com\/form\/(\w{32})/.exec(mail.text)?.[1] ?? '';
const statusOf = async (made: PublishedApp, runId: string) =>
  (await made.client.get(`/v1/workflows/run/${runId}`)).json.status;
const rowsOf = async (runId: string) =>
  (
    await app.services.pool.query<{ address: string; status: string }>(
      `select r.address, r.status from human_input_recipients r join human_input_forms f on f.id = r.form_id
       where f.run_id = $1 order by r.address`,
      [runId],
    )
  ).rows;
let callers = 0;
/** Each from an address of its own: this is not about limits. */
const from = () => {
  callers += 1;
  return { ip: `10.8.0.${callers}` };
};

describe('a form that goes out by mail', () => {
  it('reaches members and others, each with a link of their own, and is answered by any of them', async () => {
    const made = await approval([
      email({
        recipients: {
          items: [
            { type: 'member', user_id: editor.accountId },
            { type: 'member', reference_id: owner.accountId },
            { type: 'external', email: 'outside@example.org' },
            { type: 'external', email: 'OUTSIDE@example.org' },
            { type: 'external', email: 'no address' },
          ],
        },
      }),
    ]);
    const { runId, formToken } = await ask(made, 'the draft');
    expect(formToken).toBeNull();
    const mails = [];
    for (const to of ['editor@example.com', owner.email, 'OUTSIDE@example.org'])
      mails.push(await app.mailbox.next(to));
    expect(mails.map(({ subject }) => subject)).toEqual(Array(3).fill('About the draft'));
    expect(mails[0]?.html).toContain(
      'See <strong>the draft</strong>: <a href="https://apps.example.com/form/',
    );
    const tokens = mails.map(linkIn);
    expect(new Set(tokens).size).toBe(3);
    const page = await app.anonymous.get(`/api/form/human_input/${tokens[0]}`, from());
    expect(page.json).toMatchObject({ form_content: 'Is the draft right?', user_actions: [{ id: 'yes' }] });
    const service = await made.client.get(`/v1/form/human_input/${tokens[0]}`);
    expect(service.json).toMatchObject({ status: 404, message: 'Form not found' });

    const console = `/console/api/form/human_input/${tokens[0]}`;
    expect((await owner.client.get(console)).json.form_content).toBe('Is the draft right?');
    const stranger = await app.stranger();
    expect((await stranger.client.get(console)).status).toBe(404);
    expect((await stranger.client.post(console, { action: 'yes', inputs: {} })).status).toBe(404);

    const path = `/api/form/human_input/${tokens[2]}`;
    expect((await app.anonymous.post(path, { action: 'yes', inputs: {} }, from())).json).toEqual({});
    await expect.poll(() => statusOf(made, runId), { timeout: 5_000 }).toBe('succeeded');
    const late = await app.anonymous.get(`/api/form/human_input/${tokens[1]}`, from());
    expect(late.json).toMatchObject({ status: 412, code: 'human_input_form_submitted' });
    await expect
      .poll(async () => (await rowsOf(runId)).map(({ status }) => status))
      .toEqual(Array(3).fill('sent'));
  });

  it('goes to the whole workspace, beside the web page', async () => {
    const made = await approval([webapp, email({ recipients: everybody })]);
    const { runId, formToken } = await ask(made, 'all');
    expect(formToken).toMatch(/^\w{32}$/);
    expect(linkIn(await app.mailbox.next('editor@example.com'))).not.toBe(formToken);
    await app.mailbox.next(owner.email);
    expect((await rowsOf(runId)).map(({ address }) => address)).toEqual(
      ['editor@example.com', owner.email].sort(),
    );
  });

  it('does not reach somebody who has left before it is sent, nor anybody once it is answered', async () => {
    const leaver = await app.member('editor', { email: 'leaver@example.com' });
    const made = await approval([
      webapp,
      email({ recipients: { items: [{ type: 'member', user_id: leaver.accountId }] } }),
    ]);
    const { pool, workflows } = app.services;
    const { runId, formToken } = await ask(made, 'gone');
    await app.mailbox.next('leaver@example.com');
    // The same again from the moment before it was sent: the process died.
    const again = async () => {
      await expect.poll(async () => (await rowsOf(runId))[0]?.status).toBe('sent');
      await pool.query(
        "update human_input_recipients set status = 'waiting' where address = 'leaver@example.com'",
      );
      const { rows } = await pool.query('select id, workspace_id from human_input_forms where run_id = $1', [
        runId,
      ]);
      const form = await workflows.forms.find(formToken ?? '');
      await app.services.workflows.formMailer.queue(workflows.forms.scopeOf(form), rows[0].id);
    };
    await again();
    await app.mailbox.next('leaver@example.com');
    await owner.client.delete(`/console/api/workspaces/current/members/${leaver.accountId}`);
    await again();
    await expect.poll(async () => (await rowsOf(runId))[0]?.status).toBe('skipped');
    expect(app.mailbox.all().filter(({ to }) => to === 'leaver@example.com')).toHaveLength(2);
  });

  it('goes to the author alone while the author tries the app in debug mode', async () => {
    const config = {
      recipients: { ...everybody, items: [{ type: 'external', email: 'customer@example.org' }] },
    };
    const made = await approval([email({ ...config, debug_mode: true })]);
    const run = await owner.client.post(`${made.base}/workflows/draft/run`, {
      inputs: { text: 'a trial' },
      response_mode: 'blocking',
    });
    expect(run.json.data.status).toBe('paused');
    await app.mailbox.next(owner.email);
    // The mail is out before its row says so.
    await expect
      .poll(() => rowsOf(run.json.workflow_run_id))
      .toEqual([{ address: owner.email, status: 'sent' }]);
    const { runId } = await ask(made, 'in earnest');
    await app.mailbox.next('customer@example.org');
    expect(await rowsOf(runId)).toHaveLength(3);
  });
});

describe('links to forms', () => {
  it('are tried 30 times a minute from one address, not more', async () => {
    const answers = [];
    for (let attempt = 0; attempt < 31; attempt += 1) {
      answers.push(await app.anonymous.get('/api/form/human_input/guess', { ip: '10.77.0.1' }));
    }
    expect(answers.slice(0, 30).map(({ status }) => status)).toEqual(Array(30).fill(404));
    expect(answers[30]?.json).toMatchObject({ status: 429, code: 'web_form_rate_limit_exceeded' });
    expect((await app.anonymous.get('/api/form/human_input/guess', { ip: '10.77.0.2' })).status).toBe(404);
  });
});

describe('without mail', () => {
  it('a form still waits on its web page', async () => {
    const plain = await createTestApp();
    try {
      const person = await plain.owner();
      const made = await publishGraph(plain, person, {
        mode: 'workflow',
        graph: graph([webapp, email({ recipients: everybody })]),
      });
      const { json } = await made.client.post('/v1/workflows/run', { inputs: { text: 'x' }, user: 'u' });
      const token = json.data.reasons[0].form_token;
      expect((await plain.anonymous.get(`/api/form/human_input/${token}`)).status).toBe(200);
      const { rows } = await plain.services.pool.query('select id from human_input_recipients');
      expect(rows).toEqual([]);
    } finally {
      await plain.close();
    }
  });
});
