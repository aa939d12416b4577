import { createDocumentExtractor } from '../extractor.ts';

// Stands in for a server that is killed while it has a document read that never ends: a loop that no event interrupts.

const extractor = createDocumentExtractor({ maxProcesses: 1 });
const file = (content: string) => ({
  name: 'a.json',
  extension: 'json',
  mimeType: null,
  content: Buffer.from(content),
});
await extractor.text(file('{}'));
void extractor.text(file(`[${'[],'.repeat(8_000_000)}0]`));
setTimeout(() => process.stdout.write('reading\n'), 200);
