import {
  createHighlighterCore,
  type HighlighterCore,
  type LanguageInput,
  type ThemedToken,
} from 'shiki/core';
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript';

/** Languages that can be coloured; each is loaded when the first block of it appears. */
const loaders: Readonly<Record<string, () => Promise<LanguageInput>>> = {
  bash: () => import('shiki/langs/bash.mjs'),
  c: () => import('shiki/langs/c.mjs'),
  cpp: () => import('shiki/langs/cpp.mjs'),
  csharp: () => import('shiki/langs/csharp.mjs'),
  css: () => import('shiki/langs/css.mjs'),
  diff: () => import('shiki/langs/diff.mjs'),
  docker: () => import('shiki/langs/docker.mjs'),
  go: () => import('shiki/langs/go.mjs'),
  html: () => import('shiki/langs/html.mjs'),
  java: () => import('shiki/langs/java.mjs'),
  javascript: () => import('shiki/langs/javascript.mjs'),
  json: () => import('shiki/langs/json.mjs'),
  jsx: () => import('shiki/langs/jsx.mjs'),
  kotlin: () => import('shiki/langs/kotlin.mjs'),
  php: () => import('shiki/langs/php.mjs'),
  python: () => import('shiki/langs/python.mjs'),
  ruby: () => import('shiki/langs/ruby.mjs'),
  rust: () => import('shiki/langs/rust.mjs'),
  sql: () => import('shiki/langs/sql.mjs'),
  swift: () => import('shiki/langs/swift.mjs'),
  toml: () => import('shiki/langs/toml.mjs'),
  tsx: () => import('shiki/langs/tsx.mjs'),
  typescript: () => import('shiki/langs/typescript.mjs'),
  xml: () => import('shiki/langs/xml.mjs'),
  yaml: () => import('shiki/langs/yaml.mjs'),
};

const aliases: Readonly<Record<string, string>> = {
  'c#': 'csharp',
  'c++': 'cpp',
  console: 'bash',
  curl: 'bash',
  cs: 'csharp',
  dockerfile: 'docker',
  js: 'javascript',
  kt: 'kotlin',
  mjs: 'javascript',
  py: 'python',
  rb: 'ruby',
  rs: 'rust',
  sh: 'bash',
  shell: 'bash',
  ts: 'typescript',
  yml: 'yaml',
  zsh: 'bash',
};

/** Longer code stays plain: colouring it would hold up the page. */
const maxLength = 20_000;

const themes = {
  light: 'github-light-high-contrast',
  dark: 'github-dark-high-contrast',
} as const;

let highlighter: Promise<HighlighterCore> | undefined;

function getHighlighter(): Promise<HighlighterCore> {
  highlighter ??= createHighlighterCore({
    themes: [
      import('shiki/themes/github-light-high-contrast.mjs'),
      import('shiki/themes/github-dark-high-contrast.mjs'),
    ],
    langs: [],
    engine: createJavaScriptRegexEngine({ forgiving: true }),
  });
  return highlighter;
}

/** A coloured piece of a line, with a colour per theme. */
export interface CodeToken {
  readonly text: string;
  readonly light: string | undefined;
  readonly dark: string | undefined;
}

function colourOf(token: ThemedToken, theme: keyof typeof themes): string | undefined {
  const style = token.htmlStyle;
  if (typeof style !== 'object') return undefined;
  return theme === 'light' ? style['--shiki-light'] : style['--shiki-dark'];
}

/** The coloured lines of a piece of code; undefined when its language is not known or it is too long. */
export async function highlight(code: string, language: string): Promise<CodeToken[][] | undefined> {
  const lower = language.toLowerCase();
  const name = aliases[lower] ?? lower;
  const load = loaders[name];
  if (!load || code.length > maxLength) return undefined;
  const core = await getHighlighter();
  if (!core.getLoadedLanguages().includes(name)) await core.loadLanguage(await load());
  const { tokens } = core.codeToTokens(code, { lang: name, themes, defaultColor: false });
  return tokens.map((line) =>
    line.map((token) => ({
      text: token.content,
      light: colourOf(token, 'light'),
      dark: colourOf(token, 'dark'),
    })),
  );
}
