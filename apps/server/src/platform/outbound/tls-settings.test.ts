import { getCACertificates } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { createTestCertificate } from './testing/certificate.ts';
import { tlsOptions } from './tls-settings.ts';

const certificate = createTestCertificate(['site.test']);

describe('trusted certificates', () => {
  it('are added to the usual ones, which stay trusted', () => {
    const { ca = [] } = tlsOptions({ verify: true, ca: [certificate.cert] });
    expect(ca).toEqual([...getCACertificates('default'), certificate.cert]);
    expect(tlsOptions({ verify: true })).toEqual({ rejectUnauthorized: true });
  });
});
