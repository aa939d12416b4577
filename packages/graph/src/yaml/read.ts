import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type ParsedNode,
  parseDocument,
  type Scalar,
} from 'yaml';
import { readPlainScalar } from './scalars.ts';

/** Codes of what can be wrong with a YAML text. */
export type YamlErrorCode =
  | 'yaml_too_large'
  | 'yaml_invalid'
  | 'yaml_too_deep'
  | 'yaml_too_many_values'
  | 'yaml_forbidden_tag'
  | 'yaml_forbidden_key';

/** A YAML text that is not read. `line` counts from 1 where it is known. */
export class YamlError extends Error {
  override readonly name = 'YamlError';
  readonly code: YamlErrorCode;
  readonly line: number | null;

  constructor(code: YamlErrorCode, message: string, line: number | null = null) {
    super(line === null ? message : `${message} (line ${line})`);
    this.code = code;
    this.line = line;
  }
}

/** Limits of `readYaml`. */
export interface YamlLimits {
  /** Size of the text in UTF-8. Default 10 MiB. */
  maxBytes?: number;
  /** Values after aliases are followed, so that a few lines cannot become gigabytes. Default 500,000. */
  maxValues?: number;
  /** Nesting of lists and mappings. Default 200. */
  maxDepth?: number;
}

const defaultLimits = { maxBytes: 10 * 1024 * 1024, maxValues: 500_000, maxDepth: 200 };

/**
 * Reads one YAML document as JSON values, by the rules of YAML 1.1 as PyYAML's safe loader applies them: its
 * booleans and numbers, merge keys, the last of equal keys wins, keys become text as in JSON. Tags other than those
 * of JSON's types are refused. What JSON cannot hold stays text, see `readPlainScalar`.
 *
 * @throws {YamlError}
 */
export function readYaml(text: string, limits: YamlLimits = {}): unknown {
  const merged = { ...defaultLimits, ...limits };
  if (text.length > merged.maxBytes || new TextEncoder().encode(text).length > merged.maxBytes) {
    throw new YamlError('yaml_too_large', `the text is larger than ${merged.maxBytes} bytes`);
  }
  // YAML 1.1 ends lines at these characters too, so white space after them is indentation; YAML 1.2 has no such rule.
  const source = text.replace(/^\uFEFF/, '').replace(/([\x85\u2028\u2029])[ \t]+/g, '$1');
  try {
    return new Reader(source, merged).read();
  } catch (error) {
    if (error instanceof RangeError) throw new YamlError('yaml_too_deep', 'the text is nested too deeply');
    throw error;
  }
}

const collectionTags = new Set(['tag:yaml.org,2002:map', 'tag:yaml.org,2002:seq']);
const textTags = new Set(['!', 'tag:yaml.org,2002:str', 'tag:yaml.org,2002:timestamp']);
const scalarTags: Record<string, string> = {
  'tag:yaml.org,2002:null': 'null',
  'tag:yaml.org,2002:bool': 'boolean',
  'tag:yaml.org,2002:int': 'integer',
  'tag:yaml.org,2002:float': 'float',
};

class Reader {
  private readonly source: string;
  private readonly limits: Required<YamlLimits>;
  private readonly anchors = new Map<string, Node>();
  private readonly open = new Set<Node>();
  private values = 0;

  constructor(source: string, limits: Required<YamlLimits>) {
    this.source = source;
    this.limits = limits;
  }

  read(): unknown {
    const document = parseDocument(this.source, {
      version: '1.1',
      schema: 'failsafe',
      uniqueKeys: false,
      merge: false,
      prettyErrors: false,
      logLevel: 'error',
    });
    const error = document.errors[0];
    // The parser catches its own stack overflow and reports it like any other error.
    if (error?.message.includes('call stack')) {
      throw new YamlError('yaml_too_deep', 'the text is nested too deeply');
    }
    if (error) throw new YamlError('yaml_invalid', error.message, this.lineAt(error.pos[0]));
    return document.contents === null ? null : this.value(document.contents, 0);
  }

  private lineAt(offset: number): number {
    return this.source.slice(0, offset).split('\n').length;
  }

  private fail(code: YamlErrorCode, message: string, node: Node): never {
    throw new YamlError(code, message, node.range ? this.lineAt(node.range[0]) : null);
  }

  private value(node: Node, depth: number): unknown {
    this.values += 1;
    if (this.values > this.limits.maxValues) {
      this.fail('yaml_too_many_values', `more than ${this.limits.maxValues} values`, node);
    }
    if (depth > this.limits.maxDepth) {
      this.fail('yaml_too_deep', `nested deeper than ${this.limits.maxDepth} levels`, node);
    }
    if (isAlias(node)) return this.value(this.target(node.source, node), depth);
    if ('anchor' in node && node.anchor) this.anchors.set(node.anchor, node);
    if (isScalar(node)) return this.scalar(node);
    if (!isMap(node) && !isSeq(node)) return null;
    if (node.tag && !collectionTags.has(node.tag)) {
      this.fail('yaml_forbidden_tag', `the tag ${node.tag} is not allowed`, node);
    }
    if (this.open.has(node)) this.fail('yaml_invalid', 'a value contains itself', node);
    this.open.add(node);
    try {
      return isSeq(node)
        ? node.items.map((item) => this.value(item as ParsedNode, depth + 1))
        : Object.fromEntries(this.entries(node, depth));
    } finally {
      this.open.delete(node);
    }
  }

  private target(anchor: string, node: Node): Node {
    return this.anchors.get(anchor) ?? this.fail('yaml_invalid', `the anchor ${anchor} is not known`, node);
  }

  private entries(node: Node, depth: number): Map<string, unknown> {
    const own: [string, unknown][] = [];
    const merged: [string, unknown][] = [];
    if (!isMap(node)) this.fail('yaml_invalid', 'only mappings can be merged', node);
    for (const pair of node.items) {
      const key = pair.key as ParsedNode | null;
      const value = pair.value as ParsedNode | null;
      if (key && isScalar(key) && isMergeKey(key)) {
        merged.push(...this.merged(value ?? key, depth));
        continue;
      }
      const name = key ? this.key(key, depth) : 'null';
      own.push([name, value ? this.value(value, depth + 1) : null]);
    }
    return new Map([...merged, ...own]);
  }

  // Of several merged mappings the first one wins; own keys win over all of them.
  private merged(node: Node, depth: number): [string, unknown][] {
    this.values += 1;
    if (this.values > this.limits.maxValues || depth > this.limits.maxDepth) {
      this.fail('yaml_too_many_values', 'too many merged values', node);
    }
    const resolved = isAlias(node) ? this.target(node.source, node) : node;
    if (isSeq(resolved)) {
      return resolved.items.toReversed().flatMap((item) => this.mergedMapping(item as ParsedNode, depth + 1));
    }
    return this.mergedMapping(resolved, depth + 1);
  }

  private mergedMapping(node: Node, depth: number): [string, unknown][] {
    const resolved = isAlias(node) ? this.target(node.source, node) : node;
    if (this.open.has(resolved)) this.fail('yaml_invalid', 'a value contains itself', node);
    this.open.add(resolved);
    try {
      if ('anchor' in resolved && resolved.anchor) this.anchors.set(resolved.anchor, resolved);
      return [...this.entries(resolved, depth)];
    } finally {
      this.open.delete(resolved);
    }
  }

  private key(node: Node, depth: number): string {
    const value = this.value(node, depth + 1);
    if (typeof value === 'object' && value !== null) {
      this.fail('yaml_invalid', 'a key must be a text, a number or a boolean', node);
    }
    const key = typeof value === 'number' ? numberKey(node, value) : String(value);
    // Assigning this key would change what an object is instead of what it holds.
    if (key === '__proto__') this.fail('yaml_forbidden_key', 'the key __proto__ is not allowed', node);
    return key;
  }

  private scalar(node: Scalar): unknown {
    const text = String(node.value ?? '');
    const tag = node.tag;
    if (tag === undefined) return node.type === 'PLAIN' ? plainValue(text) : text;
    if (textTags.has(tag)) return text;
    const wanted = scalarTags[tag];
    if (wanted === undefined) this.fail('yaml_forbidden_tag', `the tag ${tag} is not allowed`, node);
    const read = readPlainScalar(text);
    if (read.kind === wanted) return plainValue(text);
    if (wanted === 'float' && read.kind === 'integer') return read.value;
    return this.fail('yaml_invalid', `${JSON.stringify(text)} is not of the type ${tag}`, node);
  }
}

function isMergeKey(node: Scalar): boolean {
  return node.type === 'PLAIN' && node.tag === undefined && node.value === '<<';
}

function plainValue(text: string): unknown {
  const read = readPlainScalar(text);
  if (read.kind === 'null') return null;
  return read.kind === 'merge' ? text : read.value;
}

// JSON made by Python writes whole floats with a fraction.
function numberKey(node: Node, value: number): string {
  const read = isScalar(node) ? readPlainScalar(String(node.value ?? '')) : null;
  return read?.kind === 'float' && Number.isInteger(value) ? value.toFixed(1) : String(value);
}
