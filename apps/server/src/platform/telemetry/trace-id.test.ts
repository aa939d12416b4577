import { describe, expect, it } from 'vitest';
import { externalTraceId, remoteParent, traceIdOf } from './trace-id.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const parent = `00-${traceId}-b7ad6b7169203331-01`;

describe('externalTraceId', () => {
  it('takes the header before the query before the body before traceparent', () => {
    const headers = { 'x-trace-id': 'from-header', traceparent: parent };
    const query = { trace_id: 'from-query' };
    const body = { trace_id: 'from-body' };
    expect(externalTraceId({ headers, query, body })).toBe('from-header');
    expect(externalTraceId({ headers: { traceparent: parent }, query, body })).toBe('from-query');
    expect(externalTraceId({ headers: { traceparent: parent }, body })).toBe('from-body');
    expect(externalTraceId({ headers: { traceparent: parent } })).toBe(traceId);
  });

  it.each(['', 'with space', 'a'.repeat(129), 'ümlaut', 'a/b', 'a\nb'])('passes over %j', (value) => {
    expect(externalTraceId({ headers: { 'x-trace-id': value }, body: { trace_id: 'next' } })).toBe('next');
  });

  it('takes texts only', () => {
    expect(
      externalTraceId({ headers: {}, query: { trace_id: ['a'] }, body: { trace_id: 7 } }),
    ).toBeUndefined();
    expect(externalTraceId({ headers: {}, body: 'trace_id' })).toBeUndefined();
  });
});

describe('remoteParent', () => {
  it('reads the parent and whether it is collected', () => {
    expect(remoteParent({ traceparent: parent })).toEqual({
      traceId,
      spanId: 'b7ad6b7169203331',
      sampled: true,
    });
    expect(remoteParent({ traceparent: parent.replace(/01$/, '00') })?.sampled).toBe(false);
    expect(remoteParent({ traceparent: `${parent.replace(/^00/, '01')}-later` })?.traceId).toBe(traceId);
  });

  it.each([
    parent.replace(/^00/, 'ff'),
    `${parent}-more`,
    parent.toUpperCase(),
    `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    'nonsense',
  ])('has none for %s', (traceparent) => {
    expect(remoteParent({ traceparent })).toBeUndefined();
  });
});

it('makes a trace id from a request id', () => {
  expect(traceIdOf('01a1fc6d-0bea-77a6-933d-5723fa6b4462')).toBe('01a1fc6d0bea77a6933d5723fa6b4462');
});
