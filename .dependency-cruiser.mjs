/**
 * Which part may import which. Arrows point down: contracts ← graph ← engine; contracts ← models, sandbox, tools,
 * agents, knowledge, sdk, fake-provider; the server may import all; the web imports contracts and graph.
 */

/** For each package: the packages it may import. */
const arrows = {
  contracts: [],
  graph: ['contracts'],
  engine: ['contracts', 'graph'],
  models: ['contracts'],
  knowledge: ['contracts'],
  tools: ['contracts'],
  agents: ['contracts'],
  sandbox: ['contracts'],
  sdk: ['contracts'],
  'fake-provider': ['contracts'],
};

/** Tests may lean on the fake provider and on each other's helpers. */
const tests = '\\.test\\.tsx?$|/testing/|/test/|\\.bench\\.ts$';

const packageRules = Object.entries(arrows).map(([name, allowed]) => ({
  name: `${name}-points-down`,
  comment: `packages/${name} may import ${allowed.length === 0 ? 'no other package' : allowed.join(', ')}.`,
  severity: 'error',
  from: { path: `^packages/${name}/`, pathNot: tests },
  to: { path: '^(packages|apps)/', pathNot: [name, ...allowed].map((other) => `^packages/${other}/`) },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...packageRules,
    {
      name: 'web-points-down',
      comment: 'The web runs in the browser: contracts and graph only.',
      severity: 'error',
      from: { path: '^apps/web/' },
      to: { path: '^(packages|apps)/', pathNot: '^packages/(contracts|graph)/|^apps/web/' },
    },
    {
      name: 'nothing-points-at-the-server',
      comment:
        'Only entry points outside of packages (scripts, benchmarks, end-to-end tests) use the server.',
      severity: 'error',
      from: { pathNot: '^(apps/server|bench|tests|scripts)/' },
      to: { path: '^apps/server/' },
    },
    {
      name: 'platform-knows-no-module',
      comment: 'The platform serves the modules and knows none of them.',
      severity: 'error',
      from: { path: '^apps/server/src/platform/', pathNot: tests },
      to: { path: '^apps/server/src/modules/' },
    },
    {
      name: 'scopes-are-made-where-rights-are-checked',
      comment: 'Only who has checked a right to a workspace makes its scope; everybody else is handed one.',
      severity: 'error',
      from: {
        path: '^apps/server/src/',
        pathNot: `${tests}|^apps/server/src/(platform/auth/|modules/accounts/session-service|modules/apps/app-access|modules/workflows/|modules/triggers/|modules/human-input/)`,
      },
      to: { path: '^apps/server/src/platform/auth/scope\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'browser-packages-need-no-node',
      comment: 'contracts and graph run in the browser too.',
      severity: 'error',
      from: { path: '^packages/(contracts|graph)/src/', pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'tests-are-not-imported',
      comment: "A test file is nobody's dependency.",
      severity: 'error',
      from: {},
      to: { path: '\\.test\\.tsx?$' },
    },
    {
      name: 'no-cycles',
      comment: 'Files that need each other are one concept, or hide a third.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'everything-resolves',
      comment: 'An import that cannot be found works on one machine only.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^virtual:|\\?(url|raw|worker|inline)$|\\.css$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/dist/|^node_modules' },
    // The TypeScript that compiles this repository is the native one, which has no programming interface.
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
    },
  },
};
