import type { FormVariable } from '../../api/model-config.ts';

/** Languages in which samples are given. */
export const sampleLanguages = ['curl', 'javascript', 'python'] as const;
/** One of {@link sampleLanguages}. */
export type SampleLanguage = (typeof sampleLanguages)[number];

/** A call of the service API, as it is shown. */
export interface SampleCall {
  /** Key of its texts. */
  readonly key: string;
  readonly method: 'GET' | 'POST' | 'DELETE' | 'PUT';
  /** Path below the base address, with ids in braces. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
  /** The answer is a stream of events. */
  readonly streams?: boolean;
  /** The answer's text comes in events of a workflow instead of a message. */
  readonly isWorkflow?: boolean;
  /** Sent as a form with a file instead of JSON. */
  readonly multipart?: boolean;
}

/** An end user's name in samples. */
const user = 'user-123';

/** A plausible value for a variable. */
function exampleValue(variable: FormVariable): unknown {
  if (variable.type === 'select') return variable.options[0] ?? '';
  if (variable.type === 'number') return 42;
  if (variable.type === 'checkbox') return true;
  if (variable.type === 'json_object') return {};
  const file = { type: 'document', transfer_method: 'local_file', upload_file_id: '{upload_file_id}' };
  if (variable.type === 'file') return file;
  if (variable.type === 'file-list') return [file];
  return variable.label || variable.variable;
}

function exampleInputs(variables: readonly FormVariable[]): Record<string, unknown> {
  return Object.fromEntries(
    variables
      .filter((variable) => variable.type !== 'external_data_tool')
      .map((variable) => [variable.variable, exampleValue(variable)]),
  );
}

/** The calls that an app's kind answers, with its own variables filled in. */
export function callsFor(
  mode: 'chat' | 'completion' | 'workflow',
  variables: readonly FormVariable[],
  query: string,
): SampleCall[] {
  const inputs = exampleInputs(variables);
  const upload: SampleCall = { key: 'upload', method: 'POST', path: '/files/upload', multipart: true };
  const about: SampleCall[] = [
    { key: 'parameters', method: 'GET', path: '/parameters' },
    { key: 'info', method: 'GET', path: '/info' },
  ];
  if (mode === 'workflow') {
    return [
      {
        key: 'run',
        method: 'POST',
        path: '/workflows/run',
        streams: true,
        isWorkflow: true,
        body: { inputs, response_mode: 'streaming', user },
      },
      { key: 'stopRun', method: 'POST', path: '/workflows/tasks/{task_id}/stop', body: { user } },
      { key: 'runDetail', method: 'GET', path: '/workflows/run/{workflow_run_id}' },
      {
        key: 'runEvents',
        method: 'GET',
        path: '/workflow/{workflow_run_id}/events',
        query: { user, include_state_snapshot: 'true' },
        streams: true,
        isWorkflow: true,
      },
      { key: 'runLogs', method: 'GET', path: '/workflows/logs', query: { status: 'failed', limit: '20' } },
      upload,
      ...about,
    ];
  }
  const shared: SampleCall[] = [
    upload,
    {
      key: 'feedback',
      method: 'POST',
      path: '/messages/{message_id}/feedbacks',
      body: { rating: 'like', content: '', user },
    },
    ...about,
  ];
  if (mode === 'completion') {
    return [
      {
        key: 'generate',
        method: 'POST',
        path: '/completion-messages',
        streams: true,
        body: { inputs, response_mode: 'streaming', user },
      },
      { key: 'stop', method: 'POST', path: '/completion-messages/{task_id}/stop', body: { user } },
      ...shared,
    ];
  }
  return [
    {
      key: 'send',
      method: 'POST',
      path: '/chat-messages',
      streams: true,
      body: { inputs, query, response_mode: 'streaming', conversation_id: '', user },
    },
    { key: 'stop', method: 'POST', path: '/chat-messages/{task_id}/stop', body: { user } },
    {
      key: 'messages',
      method: 'GET',
      path: '/messages',
      query: { conversation_id: '{conversation_id}', user, limit: '20' },
    },
    { key: 'conversations', method: 'GET', path: '/conversations', query: { user, limit: '20' } },
    {
      key: 'rename',
      method: 'POST',
      path: '/conversations/{conversation_id}/name',
      body: { auto_generate: true, user },
    },
    { key: 'remove', method: 'DELETE', path: '/conversations/{conversation_id}', body: { user } },
    { key: 'suggested', method: 'GET', path: '/messages/{message_id}/suggested', query: { user } },
    ...shared,
  ];
}

function addressOf(baseUrl: string, call: SampleCall): string {
  const query = Object.entries(call.query ?? {})
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  return `${baseUrl}${call.path}${query ? `?${query}` : ''}`;
}

function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function curlSample(address: string, call: SampleCall): string {
  const lines = [
    `curl -X ${call.method} ${shellQuote(address)}`,
    `  --header "Authorization: Bearer $API_KEY"`,
  ];
  if (call.multipart)
    lines.push(`  --form 'file=@report.pdf;type=application/pdf'`, `  --form 'user=${user}'`);
  if (call.body) {
    lines.push(`  --header 'Content-Type: application/json'`);
    lines.push(`  --data ${shellQuote(JSON.stringify(call.body, null, 2))}`);
  }
  return lines.join(' \\\n');
}

function javascriptSample(address: string, call: SampleCall): string {
  const lines: string[] = [];
  const options: string[] = [];
  if (call.method !== 'GET') options.push(`  method: '${call.method}',`);
  options.push(
    call.body
      ? `  headers: {\n    Authorization: \`Bearer \${process.env.API_KEY}\`,\n    'Content-Type': 'application/json',\n  },`
      : `  headers: { Authorization: \`Bearer \${process.env.API_KEY}\` },`,
  );
  if (call.multipart) {
    lines.push(
      `import { openAsBlob } from 'node:fs';`,
      '',
      `const form = new FormData();`,
      `form.append('file', await openAsBlob('report.pdf', { type: 'application/pdf' }), 'report.pdf');`,
      `form.append('user', '${user}');`,
      '',
    );
    options.push('  body: form,');
  }
  if (call.body) {
    options.push(`  body: JSON.stringify(${JSON.stringify(call.body, null, 2).replaceAll('\n', '\n  ')}),`);
  }
  lines.push(`const response = await fetch(${JSON.stringify(address)}, {`, ...options, '});');
  if (call.streams) {
    lines.push(
      '',
      `let text = '';`,
      'for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {',
      '  text += chunk;',
      `  const events = text.split('\\n\\n');`,
      '  text = events.pop();',
      '  for (const event of events) {',
      `    if (!event.startsWith('data: ')) continue;`,
      '    const data = JSON.parse(event.slice(6));',
      call.isWorkflow
        ? `    if (data.event === 'workflow_finished') console.log(data.data.outputs);`
        : `    if (data.event === 'message') process.stdout.write(data.answer);`,
      '  }',
      '}',
    );
  } else if (call.method !== 'DELETE') lines.push('console.log(await response.json());');
  return lines.join('\n');
}

/** JSON as a Python literal. */
function toPython(value: unknown, indent = ''): string {
  if (value === null || value === undefined) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value !== 'object') return JSON.stringify(value);
  const inner = `${indent}    `;
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    return `[\n${value.map((item) => `${inner}${toPython(item, inner)},`).join('\n')}\n${indent}]`;
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return '{}';
  return `{\n${entries.map(([name, item]) => `${inner}${JSON.stringify(name)}: ${toPython(item, inner)},`).join('\n')}\n${indent}}`;
}

function pythonSample(address: string, call: SampleCall): string {
  const lines = [...(call.streams ? ['import json'] : []), 'import os', '', 'import requests', ''];
  const argument = [
    `    ${JSON.stringify(address)},`,
    `    headers={"Authorization": f"Bearer {os.environ['API_KEY']}"},`,
  ];
  if (call.multipart) {
    argument.push(
      `    files={"file": ("report.pdf", open("report.pdf", "rb"), "application/pdf")},`,
      `    data={"user": "${user}"},`,
    );
  }
  if (call.body) argument.push(`    json=${toPython(call.body, '    ')},`);
  if (call.streams) argument.push('    stream=True,');
  lines.push(`response = requests.${call.method.toLowerCase()}(`, ...argument, ')');
  if (call.streams) {
    lines.push(
      'for line in response.iter_lines():',
      '    if not line.startswith(b"data: "):',
      '        continue',
      '    event = json.loads(line[6:])',
      ...(call.isWorkflow
        ? ['    if event["event"] == "workflow_finished":', '        print(event["data"]["outputs"])']
        : ['    if event["event"] == "message":', '        print(event["answer"], end="", flush=True)']),
    );
  } else if (call.method !== 'DELETE') lines.push('print(response.json())');
  return lines.join('\n');
}

/** A runnable sample of a call; the key is read from the environment, never written into code. */
export function sampleOf(language: SampleLanguage, baseUrl: string, call: SampleCall): string {
  const address = addressOf(baseUrl, call);
  if (language === 'curl') return curlSample(address, call);
  return language === 'javascript' ? javascriptSample(address, call) : pythonSample(address, call);
}
