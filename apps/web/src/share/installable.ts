import { useEffect } from 'react';
import type { SiteInfo } from './share-api.ts';

/** Side of the picture for home screens, in pixels. */
const homeScreenPx = 180;

function setLink(rel: string, href: string): void {
  const link =
    document.head.querySelector<HTMLLinkElement>(`link[rel="${rel}"]`) ?? document.createElement('link');
  link.rel = rel;
  link.href = href;
  link.removeAttribute('type');
  document.head.append(link);
}

function setMeta(name: string, content: string): void {
  const meta =
    document.head.querySelector<HTMLMetaElement>(`meta[name="${name}"]`) ?? document.createElement('meta');
  meta.name = name;
  meta.content = content;
  document.head.append(meta);
}

/** The app's emoji as a PNG: iOS takes no other format for the home screen. */
function homeScreenIcon(site: SiteInfo['site']): string | undefined {
  const canvas = document.createElement('canvas');
  canvas.width = homeScreenPx;
  canvas.height = homeScreenPx;
  const context = canvas.getContext('2d');
  if (!context) return undefined;
  context.fillStyle = '#E3F1E6';
  // A colour that is none is ignored, and the one before stays.
  context.fillStyle = site.icon_background ?? '';
  context.fillRect(0, 0, homeScreenPx, homeScreenPx);
  context.fillStyle = '#1c1c1a';
  context.font = `${homeScreenPx * 0.52}px sans-serif`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  const sign = site.icon_type === 'emoji' && site.icon ? site.icon : ([...site.title][0] ?? '🤖');
  context.fillText(sign, homeScreenPx / 2, homeScreenPx / 2);
  return canvas.toDataURL('image/png');
}

/** Lets browsers install the page as an app of its own, with the app's name, colour and icon. */
export function useInstallable(site: SiteInfo['site'] | undefined, code: string): void {
  useEffect(() => {
    if (!site) return;
    const appCode = encodeURIComponent(code);
    setLink('manifest', `/api/webapp/manifest?appCode=${appCode}`);
    setLink('icon', `/api/webapp/icon?appCode=${appCode}`);
    setMeta('apple-mobile-web-app-capable', 'yes');
    setMeta('apple-mobile-web-app-title', site.title);
    const icon = homeScreenIcon(site);
    if (icon) setLink('apple-touch-icon', icon);
  }, [site, code]);
}
