import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  accessibilityProblems,
  chromiumPath,
  keepScreen,
  launchChromium,
  newVisitor,
  type Size,
  type Theme,
  tabStops,
} from './chromium.ts';
import { type Mood, mockApi } from './mock-api.ts';
import { serveWebBuild, type WebBuild } from './web-build.ts';

/** A page with what proves that it has arrived in each mood; a mood without an entry does not apply. */
export interface PageCase {
  readonly name: string;
  readonly path: string;
  readonly shows: Partial<Record<Mood, string | RegExp>>;
  /** Done before looking, such as opening a dialog. */
  readonly act?: (page: Page) => Promise<void>;
  /** Names that the Tab key must reach. */
  readonly reach?: readonly (string | RegExp)[];
}

/** What is said where the server failed. */
export const failure = /The server failed/;

const looks: readonly [Theme, Size][] = [
  ['light', 'wide'],
  ['dark', 'wide'],
  ['light', 'phone'],
  ['dark', 'phone'],
];

/** With data every look is taken; the other moods are drawn by the same components and get one wide and one narrow. */
function looksFor(mood: Mood): readonly [Theme, Size][] {
  return mood === 'data'
    ? looks
    : [
        ['light', 'wide'],
        ['dark', 'phone'],
      ];
}

/** Opens every page in each of its moods, in both themes and sizes: axe, sideways scrolling, faults, the Tab key. */
export function describePages(title: string, pages: readonly PageCase[]): void {
  describe.skipIf(!chromiumPath)(title, () => {
    const cases = pages.flatMap((page) =>
      (Object.keys(page.shows) as Mood[]).flatMap((mood) =>
        looksFor(mood).map(([theme, size]) => ({
          page,
          mood,
          theme,
          size,
          title: `${page.name}, ${mood}, ${theme}, ${size}`,
        })),
      ),
    );

    let web: WebBuild;
    let browser: Browser;
    beforeAll(async () => {
      [web, browser] = await Promise.all([serveWebBuild(), launchChromium()]);
    });
    afterAll(async () => {
      await browser?.close();
      await web?.close();
    });

    async function open(page: PageCase, mood: Mood, theme: Theme, size: Size) {
      const visitor = await newVisitor(browser, { theme, size });
      const tab = await visitor.newPage();
      const faults: string[] = [];
      tab.on('pageerror', (error) => faults.push(String(error)));
      tab.on('console', (line) => {
        if (line.type() === 'error' && !/Failed to load resource/.test(line.text())) faults.push(line.text());
      });
      await mockApi(tab, mood);
      await tab.goto(web.url + page.path);
      await page.act?.(tab);
      await tab
        .getByText(page.shows[mood] ?? '')
        .first()
        .waitFor({ state: 'attached', timeout: 5000 });
      return { visitor, tab, faults };
    }

    it.each(cases)('shows $title without faults', async ({ page, mood, theme, size }) => {
      const { visitor, tab, faults } = await open(page, mood, theme, size);
      await tab.waitForTimeout(150);
      await keepScreen(tab, `${page.name}-${mood}-${theme}-${size}`);
      expect(await accessibilityProblems(tab)).toEqual([]);
      // Nothing may make the page itself scroll sideways.
      expect(
        await tab.evaluate('document.documentElement.scrollWidth - window.innerWidth'),
      ).toBeLessThanOrEqual(0);
      expect(faults).toEqual([]);
      await visitor.close();
    });

    it.each(pages.filter((page) => page.reach))('$name can be used with the keyboard alone', async (page) => {
      const mood = page.shows.data ? 'data' : 'empty';
      const { visitor, tab } = await open(page, mood, 'light', 'wide');
      const stops = await tabStops(tab);
      for (const wanted of page.reach ?? []) {
        const found = stops.some((name) =>
          typeof wanted === 'string' ? name === wanted : wanted.test(name),
        );
        expect(found, `${String(wanted)} in ${stops.join(' | ')}`).toBe(true);
      }
      await visitor.close();
    });
  });
}
