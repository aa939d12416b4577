import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

/** The Chromium of the system; browser tests are skipped where there is none. */
export const chromiumPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => existsSync(path),
);

const screenFolder = fileURLToPath(new URL('../../artefacts/screens/', import.meta.url));
const axeSource = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** The two sizes at which pages are looked at. */
export const sizes = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;
/** One of {@link sizes}. */
export type Size = keyof typeof sizes;
/** The two themes. */
export type Theme = 'light' | 'dark';

/** Starts the browser, with nothing running in the background that would reach the network. */
export function launchChromium(): Promise<Browser> {
  if (!chromiumPath) throw new Error('No Chromium is installed.');
  return chromium.launch({
    executablePath: chromiumPath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // A microphone that hums, and leave to use it.
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
    ],
  });
}

/** A fresh visitor with a size, theme and language. Motion is off, so that screenshots are still. */
export function newVisitor(
  browser: Browser,
  options: { size?: Size; theme?: Theme; locale?: string } = {},
): Promise<BrowserContext> {
  const size = options.size ?? 'wide';
  return browser.newContext({
    viewport: sizes[size],
    colorScheme: options.theme ?? 'light',
    reducedMotion: 'reduce',
    locale: options.locale ?? 'en-US',
    timezoneId: 'UTC',
    ...(size === 'phone' ? { hasTouch: true, isMobile: true } : {}),
  });
}

/** Keeps a picture of the page for the reviewer's eye. */
export async function keepScreen(page: Page, name: string): Promise<void> {
  await mkdir(screenFolder, { recursive: true });
  await page.screenshot({ path: join(screenFolder, `${name}.png`) });
}

interface AxeViolation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly {
    readonly target: readonly string[];
    readonly html: string;
    readonly failureSummary?: string;
  }[];
}

/** What axe finds against WCAG 2.2 AA, in one line per place; empty when it finds nothing. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  // Injected by the protocol, because the page's own policy allows no inline script.
  await page.evaluate(await readAxe());
  const violations = (await page.evaluate(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'] }).then((result) => result.violations)`,
  )) as AxeViolation[];
  return violations.flatMap((violation) =>
    violation.nodes.map(
      (node) =>
        `${violation.id}: ${node.target.join(' ')} ${node.html.slice(0, 160)} — ${node.failureSummary ?? ''}`,
    ),
  );
}

let axe: Promise<string> | undefined;
function readAxe(): Promise<string> {
  axe ??= import('node:fs/promises').then((fs) => fs.readFile(axeSource, 'utf8'));
  return axe;
}

/** In the page: the name of the focused element, or null when the focus has left the page or come round. */
const focusedName = `(() => {
  const element = document.activeElement;
  globalThis.__stops ??= new Set();
  if (!element || element === document.body || globalThis.__stops.has(element)) return null;
  globalThis.__stops.add(element);
  const labelledBy = element.getAttribute('aria-labelledby');
  const text =
    element.getAttribute('aria-label') ||
    (labelledBy && labelledBy.split(' ').map((id) => document.getElementById(id)?.innerText ?? '').join(' ')) ||
    (element.labels?.length && element.labels[0].innerText) ||
    element.innerText ||
    element.getAttribute('placeholder') ||
    element.tagName;
  return text.replace(/\\s+/g, ' ').replace(/ \\*$/, '').trim();
})()`;

/** The names of what the Tab key reaches, in order, until it comes round; inside a dialog where one is open. */
export async function tabStops(page: Page, limit = 120): Promise<string[]> {
  const inDialog = (await page.getByRole('dialog').count()) > 0;
  if (!inDialog) await page.locator('body').click({ position: { x: 1, y: 1 } });
  const names: string[] = [];
  for (let index = 0; index < limit; index += 1) {
    await page.keyboard.press('Tab');
    const name = (await page.evaluate(focusedName)) as string | null;
    if (name === null) break;
    names.push(name);
  }
  return names;
}
