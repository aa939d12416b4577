import { isValidElement, type ReactNode, useEffect, useState } from 'react';
import { type Components, defaultRehypePlugins, type PluginConfig, Streamdown } from 'streamdown';
import { DiagramView } from './diagram-view.tsx';
import { HighlightedCode } from './highlighted-code.tsx';

type RehypePlugins = NonNullable<Parameters<typeof Streamdown>[0]['rehypePlugins']>;

function pluginOf(entry: unknown): RehypePlugins[number] {
  return (Array.isArray(entry) ? entry[0] : entry) as RehypePlugins[number];
}

/**
 * HTML in answers stays text (no raw parser), the rest goes through the sanitiser, and links and images may only
 * point to the web or a mail address.
 */
const rehypePlugins = [
  defaultRehypePlugins['sanitize'],
  [
    pluginOf(defaultRehypePlugins['harden']),
    {
      allowedLinkPrefixes: ['*'],
      allowedImagePrefixes: ['*'],
      allowedProtocols: ['http:', 'https:', 'mailto:', 'tel:'],
      allowDataImages: false,
      defaultOrigin: window.location.origin,
    },
  ],
] as RehypePlugins;

function textOf(node: ReactNode): string {
  if (typeof node === 'string' || typeof node === 'number') return String(node);
  if (Array.isArray(node)) return node.map(textOf).join('');
  if (isValidElement<{ children?: ReactNode }>(node)) return textOf(node.props.children);
  return '';
}

function Pre({ children }: { children?: ReactNode }) {
  const code = Array.isArray(children) ? children[0] : children;
  const className = isValidElement<{ className?: string }>(code) ? (code.props.className ?? '') : '';
  const language = /language-([\w+#.-]+)/.exec(className)?.[1];
  const text = textOf(children).replace(/\n$/, '');
  if (language === 'mermaid') return <DiagramView source={text} />;
  return <HighlightedCode code={text} {...(language ? { language } : {})} />;
}

const plain = [
  'p',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'ul',
  'ol',
  'li',
  'blockquote',
  'hr',
  'strong',
  'em',
] as const;

const components: Components = {
  ...Object.fromEntries(
    [...plain, 'thead', 'tbody', 'tr', 'th', 'td', 'code', 'sup'].map((tag) => [tag, tag]),
  ),
  pre: ({ children }) => <Pre>{children}</Pre>,
  table: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table must be scrollable by keyboard.
    <div className="overflow-x-auto" tabIndex={0}>
      <table>{children}</table>
    </div>
  ),
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  ),
  img: ({ src, alt }) => <img src={src} alt={alt ?? ''} loading="lazy" referrerPolicy="no-referrer" />,
};

/** Formulas are loaded with the first text that has one. */
function useMath(text: string): PluginConfig | undefined {
  const [plugins, setPlugins] = useState<PluginConfig>();
  const needed = text.includes('$$');
  useEffect(() => {
    if (!needed) return;
    let current = true;
    void import('./math.ts').then(
      ({ math }) => {
        if (current) setPlugins({ math });
      },
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [needed]);
  return plugins;
}

/** The renderer itself, in a chunk of its own. */
export function MarkdownRenderer({ text, streaming }: { text: string; streaming: boolean }) {
  const plugins = useMath(text);
  return (
    <Streamdown
      mode={streaming ? 'streaming' : 'static'}
      parseIncompleteMarkdown={streaming}
      isAnimating={streaming}
      rehypePlugins={rehypePlugins}
      components={components}
      {...(plugins ? { plugins } : {})}
      controls={false}
      linkSafety={{ enabled: false }}
    >
      {text}
    </Streamdown>
  );
}
