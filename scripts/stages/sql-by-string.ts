import { globSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { type Node, parse } from 'acorn';

/**
 * SQL into which a function puts something other than a constant of a module: values belong into parameters. What a
 * module computes when it is loaded cannot come from a request, so that fragments shared that way are fine, and so is
 * the `sql` tag of the query builder, which makes parameters of what is put in.
 */
export interface SqlByString {
  line: number;
  /** What is put into the text. */
  expression: string;
}

/** Expressions that are no constants and cannot hold what somebody sent; by file, each with the reason. */
const conditions = 'conditions of the store itself, whose values are parameters';
const position = 'the position of a parameter';
const catalogue = "a name that the database's own catalogue gave, quoted";
const allowed: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'apps/server/src/modules/logs/store.ts': {
    where: conditions,
    at: position,
    'orders[filter.sortBy]': 'one of four orders, written out above',
  },
  'apps/server/src/modules/workflows/run-store.ts': {
    where: conditions,
    beyond: conditions,
    place: position,
  },
  'apps/server/src/modules/statistics/store.ts': {
    figures: 'called while the module is loaded',
    "extra.join ?? ''": 'called while the module is loaded',
    "extra.groupBy === undefined ? '' : `, ${extra.groupBy}`": 'called while the module is loaded',
  },
  'apps/server/src/modules/maintenance/retention-store.ts': { table: 'one of two names of its own' },
  'apps/server/src/modules/statistics/workflow-statistics.ts': {
    figures: 'called while the module is loaded',
  },
  'apps/server/src/modules/maintenance/removed-app-store.ts': { table: 'one of a list of names above' },
  'apps/server/src/platform/runs/partitions.ts': {
    'partitionName(table, from)': 'DDL takes no parameters; a name and dates that we made',
    table: 'DDL takes no parameters; one of our tables',
    'from.toISOString()': 'DDL takes no parameters; a date that we made',
    'to.toISOString()': 'DDL takes no parameters; a date that we made',
    name: "a partition's name from the catalogue",
  },
  'apps/server/src/platform/database/backup/restore-backup.ts': {
    'quoted(table)': catalogue,
    'quoted(parent)': catalogue,
    'safeBound(bound)': 'checked against the one form that bounds have',
    "names.join(', ')": catalogue,
    "columns.map(quoted).join(', ')": catalogue,
  },
  'apps/server/src/platform/database/backup/write-backup.ts': {
    columns: catalogue,
    'quoted(table.name)': catalogue,
  },
};

const looksLikeStatement =
  /^\s*(with|select|insert\s+into|update|delete\s+from|create|alter|drop|truncate|copy)\s/i;
/** A condition that a statement may be put together from; looked for in stores. */
const looksLikeCondition = /\s(i?like|=|<>|<|>|<=|>=)\s/i;

/** Everything in a TypeScript source that the rule forbids. */
export function findSqlByString(source: string, file = 'store.ts'): SqlByString[] {
  // Types become blanks: positions stay.
  const text = stripTypeScriptTypes(source);
  // The tree is walked without regard to the kinds of its nodes.
  const program = parse(text, { ecmaVersion: 'latest', sourceType: 'module' }) as unknown as AnyNode;
  const constants = moduleConstants(program);
  const isStore = /store\.ts$/.test(file);
  const found: SqlByString[] = [];
  const textOf = ({ start, end }: AnyNode) => text.slice(start, end).replace(/\s+/g, ' ');
  const report = (expression: AnyNode) => {
    if (expression.type === 'Identifier' && constants.has(String(expression['name']))) return;
    // The number of a parameter: `$${values.length + 1}`.
    if (/\$\$\{$/.test(text.slice(0, expression.start)) && /^\w+\.length\b[\s+\d]*$/.test(textOf(expression)))
      return;
    found.push({
      line: text.slice(0, expression.start).split('\n').length,
      expression: textOf(expression),
    });
  };
  const isSql = (part: string) => looksLikeStatement.test(part) || (isStore && looksLikeCondition.test(part));
  walk(program, { inFunction: false, isQuery: false }, { isSql, report });
  return found;
}

/** Runs the rule over the server's sources; answers sentences about what it found. */
export function sqlByStringFaults(root: string): string[] {
  const files = globSync('apps/server/src/**/*.ts', { cwd: root }).filter(
    (file) => !/\.test\.ts$|\/testing\//.test(file),
  );
  return files.flatMap((file) =>
    findSqlByString(readFileSync(join(root, file), 'utf8'), file)
      .filter(({ expression }) => allowed[file]?.[expression] === undefined)
      .map(
        ({ line, expression }) =>
          `${file}:${line}: \${${expression}} is put into SQL; hand it over as a parameter`,
      ),
  );
}

type AnyNode = Node & { [key: string]: unknown };

interface Place {
  inFunction: boolean;
  /** The node is the text of a statement, whatever it looks like. */
  isQuery: boolean;
}

/** Names that a module binds once: imports, and constants outside of functions. */
function moduleConstants(program: AnyNode): Set<string> {
  const names = new Set<string>();
  for (const statement of program['body'] as AnyNode[]) {
    const node = (
      statement.type === 'ExportNamedDeclaration' ? statement['declaration'] : statement
    ) as AnyNode | null;
    if (node?.type === 'ImportDeclaration') {
      for (const { local } of node['specifiers'] as { local: { name: string } }[]) names.add(local.name);
    } else if (node?.type === 'VariableDeclaration' && node['kind'] === 'const') {
      for (const { id } of node['declarations'] as { id: AnyNode }[]) {
        if (id.type === 'Identifier') names.add(String(id['name']));
      }
    }
  }
  return names;
}

interface Rule {
  isSql: (text: string) => boolean;
  report: (expression: AnyNode) => void;
}

function walk(node: AnyNode, place: Place, rule: Rule): void {
  const { type } = node;
  if (type === 'TaggedTemplateExpression') {
    for (const expression of (node['quasi'] as AnyNode)['expressions'] as AnyNode[]) {
      walk(expression, { ...place, isQuery: false }, rule);
    }
    return;
  }
  if (place.inFunction) {
    const parts = partsOf(node);
    if (parts && (place.isQuery || rule.isSql(parts.text))) {
      for (const expression of parts.expressions) {
        if (expression.type !== 'TemplateLiteral' && !isText(expression)) rule.report(expression);
      }
    }
    if (isRawSql(node)) rule.report((node['arguments'] as AnyNode[])[0] ?? node);
  }
  const inFunction = place.inFunction || /Function|MethodDefinition|PropertyDefinition/.test(type);
  const statement = statementOf(node);
  for (const [key, value] of Object.entries(node)) {
    // The left side of a sum has been looked at with the sum.
    const isPart = type === 'BinaryExpression' && (key === 'left' || key === 'right');
    for (const child of Array.isArray(value) ? value : [value]) {
      if (!isNode(child)) continue;
      const isQuery = child === statement;
      if (isPart && child.type === 'BinaryExpression') continue;
      walk(child, { inFunction, isQuery }, rule);
    }
  }
}

/** The fixed text of a template or a sum, and what is put between it. */
function partsOf(node: AnyNode): { text: string; expressions: AnyNode[] } | null {
  if (node.type === 'TemplateLiteral') {
    const quasis = node['quasis'] as { value: { raw: string } }[];
    return {
      text: quasis.map(({ value }) => value.raw).join('x'),
      expressions: node['expressions'] as AnyNode[],
    };
  }
  if (node.type === 'BinaryExpression' && node['operator'] === '+') {
    const terms = termsOf(node);
    if (!terms.some(isText)) return null;
    return {
      text: terms.map((term) => (isText(term) ? String(term['value']) : 'x')).join(''),
      expressions: terms,
    };
  }
  return null;
}

function termsOf(node: AnyNode): AnyNode[] {
  if (node.type !== 'BinaryExpression' || node['operator'] !== '+') return [node];
  return [...termsOf(node['left'] as AnyNode), ...termsOf(node['right'] as AnyNode)];
}

/** The text that a call or an object hands to the database, where it does. */
function statementOf(node: AnyNode): unknown {
  if (node.type === 'CallExpression') {
    const { property } = node['callee'] as { property?: { name?: string } };
    return property?.name === 'query' ? (node['arguments'] as unknown[])[0] : undefined;
  }
  return undefined;
}

function isRawSql(node: AnyNode): boolean {
  if (node.type !== 'CallExpression') return false;
  const { object, property } = node['callee'] as { object?: { name?: string }; property?: { name?: string } };
  return object?.name === 'sql' && property?.name === 'raw';
}

function isText(node: AnyNode): boolean {
  return node.type === 'Literal' && typeof node['value'] === 'string';
}

function isNode(value: unknown): value is AnyNode {
  return (
    typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
  );
}
