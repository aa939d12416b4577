import { describe, expect, it } from 'vitest';
import {
  agentTool,
  checkGraph,
  isEqualJson,
  isGraphAppFile,
  isObject,
  normaliseGraph,
  parseGraph,
  readAppFile,
  readYaml,
  writeAppFile,
} from '../src/index.ts';
import { fixtureNames, hasFixtures, readFixture } from './fixtures.ts';

/** Paths of values that `whole` has and `other` has not, or has differently. */
function lostIn(other: unknown, whole: unknown, path = ''): string[] {
  if (isObject(whole) && isObject(other)) {
    return Object.entries(whole).flatMap(([key, value]) => lostIn(other[key], value, `${path}/${key}`));
  }
  if (Array.isArray(whole) && Array.isArray(other) && whole.length === other.length) {
    return whole.flatMap((value, index) => lostIn(other[index], value, `${path}/${index}`));
  }
  return isEqualJson(whole, other) ? [] : [path];
}

function graphOf(name: string) {
  const { file } = readAppFile(readFixture(name));
  if (!isGraphAppFile(file)) throw new Error(`${name} has no graph`);
  return file.workflow.graph;
}

describe.skipIf(!hasFixtures)('app files of other people (skipped: ../shared/fixtures/dsl is absent)', () => {
  it('are all there', () => {
    expect(fixtureNames).toHaveLength(27);
  });

  it.each(fixtureNames)('#123 imports %s with a warning, because it is of an older minor version', (name) => {
    const read = readAppFile(readFixture(name));
    expect(read.status).toBe('completed-with-warnings');
    expect(read.file.app.name).not.toBe('');
  });

  it.each(fixtureNames)('#129 exports %s without loss, except for its version', (name) => {
    const text = readFixture(name);
    const exported = writeAppFile(readAppFile(text).file, { includeSecrets: true });
    expect(lostIn(readYaml(exported), readYaml(text)).filter((path) => path !== '/version')).toEqual([]);
  });

  it.each(fixtureNames)('#129 import, export and import of %s changes nothing', (name) => {
    const first = readAppFile(readFixture(name)).file;
    const exported = writeAppFile(first);
    const second = readAppFile(exported);
    expect(second.status).toBe('completed');
    expect(second.file).toEqual(first);
    expect(writeAppFile(second.file)).toBe(exported);
  });

  it.each(fixtureNames)('reads the graph of %s for a run', (name) => {
    const stored = graphOf(name);
    const graph = parseGraph(stored);
    const notes = stored.nodes.filter((node) => node.type === 'custom-note').length;
    const normalised = normaliseGraph(stored);
    expect(graph.nodes).toHaveLength(normalised.nodes.length - notes);
    expect(graph.edges).toHaveLength(normalised.edges.length);
  });

  it.each(fixtureNames)('normalises the graph of %s once', (name) => {
    const once = normaliseGraph(graphOf(name), { canvasDefaults: true });
    expect(normaliseGraph(once, { canvasDefaults: true })).toEqual(once);
  });

  it.each(fixtureNames)('gives every container of %s a start child of its own', (name) => {
    const graph = parseGraph(graphOf(name));
    for (const node of graph.nodes) {
      if (node.type !== 'iteration' && node.type !== 'loop') continue;
      const start = graph.nodes.find((other) => other.id === node.data.start_node_id);
      expect(start).toMatchObject({ type: `${node.type}-start`, containerId: node.id });
      expect(graph.edges.filter((edge) => edge.source === start?.id)).not.toHaveLength(0);
    }
  });

  it.each(fixtureNames)('finds nothing to put right in %s', (name) => {
    const { file } = readAppFile(readFixture(name));
    const mode = file.mode === 'workflow' ? 'workflow' : 'advanced-chat';
    expect(checkGraph(graphOf(name), { mode, purpose: 'publish' })).toEqual([]);
  });

  it.each(fixtureNames)('reads the tools of the agents of %s', (name) => {
    for (const node of parseGraph(graphOf(name)).nodes) {
      if (node.type !== 'agent') continue;
      const lists = Object.values(node.data.agent_parameters).map((parameter) => parameter.value);
      for (const tool of lists.filter(Array.isArray).flat()) {
        expect(agentTool.safeParse(tool)).toMatchObject({ success: true });
      }
    }
  });
});
