import { describe, expect, it } from 'vitest';
import { EMPTY_PAYLOAD_HASH, sha256Hex, signRequest } from './sigv4.ts';

// Examples of the Amazon S3 API reference, "Signature Calculations for the Authorization Header".
const credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: ['wJalrXUtnFEMI', 'K7MDENG', 'bPxRfiCYEXAMPLEKEY'].join('/'),
};
const now = new Date('2013-05-24T00:00:00Z');
const host = 'https://examplebucket.s3.amazonaws.com';

describe('signature version 4', () => {
  it.each([
    {
      name: 'GET with a range',
      method: 'GET',
      url: `${host}/test.txt`,
      headers: { range: 'bytes=0-9' },
      payloadHash: EMPTY_PAYLOAD_HASH,
      signature: 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    },
    {
      name: 'PUT of an object',
      method: 'PUT',
      url: `${host}/test%24file.text`,
      headers: { date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
      payloadHash: sha256Hex('Welcome to Amazon S3.'),
      signature: '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
    },
    {
      name: 'GET of a sub-resource',
      method: 'GET',
      url: `${host}/?lifecycle`,
      headers: {},
      payloadHash: EMPTY_PAYLOAD_HASH,
      signature: 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
    },
    {
      name: 'GET of a list',
      method: 'GET',
      url: `${host}/?max-keys=2&prefix=J`,
      headers: {},
      payloadHash: EMPTY_PAYLOAD_HASH,
      signature: '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    },
  ])('agrees with the published example: $name', ({ method, url, headers, payloadHash, signature }) => {
    const request = { method, url: new URL(url), headers: headers as Record<string, string>, payloadHash };
    const signed = signRequest(request, { credentials, region: 'us-east-1', now });
    expect(signed['authorization']).toContain(`Signature=${signature}`);
  });
});
