import scriptUrl from '@mermaid-js/tiny/dist/mermaid.tiny.js?url';

/** What is used of the drawing library. */
interface Mermaid {
  initialize(config: Record<string, unknown>): void;
  render(id: string, source: string): Promise<{ svg: string }>;
}

/** Longer descriptions stay text: drawing them would hold up the page. */
const maxLength = 20_000;

let library: Promise<Mermaid> | undefined;
let count = 0;
/** The library keeps its settings globally: diagrams are drawn one after the other. */
let drawing: Promise<unknown> = Promise.resolve();

/** Loads the library as it ships, a plain script that leaves one name in the window, with the first diagram. */
function loadLibrary(): Promise<Mermaid> {
  library ??= new Promise<Mermaid>((resolve, reject) => {
    const script = document.createElement('script');
    script.src = scriptUrl;
    script.onload = () => resolve((globalThis as unknown as { mermaid: Mermaid }).mermaid);
    script.onerror = () => {
      library = undefined;
      reject(new Error('The drawing library could not be loaded.'));
    };
    document.head.append(script);
  });
  return library;
}

/** A drawn diagram: a picture's address and its width in pixels. */
export interface DrawnDiagram {
  readonly address: string;
  readonly width: number | undefined;
}

/**
 * Draws a Mermaid description. What a model wrote is not trusted: the library runs at its strict level, and its drawing
 * is shown as a picture, in which the browser runs no script, follows no link and loads nothing.
 *
 * Throws when the description is not one.
 */
export async function drawDiagram(source: string, theme: 'light' | 'dark'): Promise<DrawnDiagram> {
  if (source.length > maxLength) throw new Error('The diagram is too large.');
  const mermaid = await loadLibrary();
  const turn = drawing.then(() => {
    mermaid.initialize({
      startOnLoad: false,
      securityLevel: 'strict',
      suppressErrorRendering: true,
      theme: theme === 'dark' ? 'dark' : 'neutral',
      // Pictures know the system's fonts only; labels must be measured with what they are drawn with.
      fontFamily: 'system-ui, sans-serif',
      htmlLabels: false,
      flowchart: { htmlLabels: false },
      maxTextSize: maxLength,
    });
    count += 1;
    return mermaid.render(`diagram-${count}`, source);
  });
  drawing = turn.catch(() => undefined);
  const { svg } = await turn;
  const width = Number(/max-width:\s*([\d.]+)px/.exec(svg)?.[1]);
  return {
    address: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`,
    width: Number.isFinite(width) ? Math.ceil(width) : undefined,
  };
}
