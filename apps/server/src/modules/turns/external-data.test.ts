import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type ChatWorld, createChatWorld, expectAnswer, sentMessages } from '../../testing/chat-world.ts';
import { createFakeExtension, type FakeExtension, loopbackAllowed } from '../extensions/testing.ts';

let world: ChatWorld;
let service: FakeExtension;
let extensionId: string;

beforeAll(async () => {
  service = await createFakeExtension();
  world = await createChatWorld({ environment: loopbackAllowed });
  const made = await world.owner.client.post('/console/api/api-based-extension', {
    name: 'Weather',
    api_endpoint: service.url,
    api_key: 'key-of-the-service',
  });
  extensionId = made.json.id;
});
beforeEach(() => {
  world.provider.reset();
  service.reset();
});
afterAll(async () => {
  await world?.close();
  await service?.close();
});

const toolFor = (variable: string, more: object = {}) => ({
  variable,
  label: variable,
  type: 'api',
  enabled: true,
  config: { api_based_extension_id: extensionId },
  ...more,
});
const createApp = (tools: object[], inForm: object[] = []) =>
  world.createApp('chat', {
    pre_prompt: 'In {{city}} it is {{weather}}, {{wind}}.',
    user_input_form: [
      { 'text-input': { label: 'City', variable: 'city', required: true } },
      ...inForm.map((tool) => ({ external_data_tool: tool })),
    ],
    external_data_tools: tools,
  });
const body = {
  inputs: { city: 'Ghent', weather: 'invented' },
  query: 'And now?',
  user: 'ada',
  auto_generate_name: false,
};

it('variables of a prompt are filled by the extension, from the old list and from the form', async () => {
  const app = await createApp([toolFor('weather'), toolFor('off', { enabled: false })], [toolFor('wind')]);
  service.on('app.external_data_tool.query', ({ tool_variable, inputs }) => ({
    result: `${tool_variable} of ${inputs.city}`,
  }));
  await expectAnswer(app.api.post('/v1/chat-messages', body), 200);
  expect(sentMessages(world.provider)[0].content).toContain(
    'In Ghent it is weather of Ghent, wind of Ghent.',
  );
  expect(service.requests.map(({ params }) => params.tool_variable).sort()).toEqual(['weather', 'wind']);
  expect(service.requests[0]).toMatchObject({
    point: 'app.external_data_tool.query',
    params: { app_id: app.id, inputs: { city: 'Ghent' }, query: 'And now?' },
  });
});

it.each([
  [{ result: 5 }, 'result is not string'],
  [{}, 'result not found in response'],
  [{ status: 500, text: 'down' }, 'request error, status_code: 500, content: down'],
])('a request fails in words when the extension answers %j', async (reply, words) => {
  const app = await createApp([toolFor('weather')]);
  service.on('app.external_data_tool.query', () => reply);
  const answer = await app.api.post('/v1/chat-messages', body);
  expect(answer.json).toMatchObject({
    code: 'invalid_param',
    message: `[External data tool] API query failed, variable: weather, error: ${words}`,
  });
  expect(world.provider.requests).toHaveLength(0);
});
