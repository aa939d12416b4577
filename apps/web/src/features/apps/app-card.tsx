import { Link } from '@tanstack/react-router';
import { MoreHorizontal } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { type AppSummary, buildPage } from '../../api/apps.ts';
import { AppIcon } from '../../ui/avatar.tsx';
import { Badge } from '../../ui/badge.tsx';
import { IconButton } from '../../ui/button.tsx';
import { Menu } from '../../ui/menu.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { useAppActions } from './app-actions.tsx';
import { ModeBadge } from './mode.tsx';

/** One app of the list; the whole card opens it. */
export function AppCard({ app, editable }: { app: AppSummary; editable: boolean }) {
  const { t } = useTranslation();
  const { groups, dialogs } = useAppActions(app);
  return (
    <li className="group relative flex min-h-42 flex-col rounded-panel border bg-surface p-4 transition-colors duration-120 focus-within:border-control hover:border-control">
      <div className="flex items-start gap-3">
        <AppIcon icon={app} className="!size-10" />
        <div className="min-w-0 flex-1">
          <Link
            to={editable ? buildPage(app) : '/app/$appId/overview'}
            params={{ appId: app.id }}
            className="block truncate text-base leading-5 font-semibold outline-none after:absolute after:inset-0 after:rounded-panel focus-visible:after:outline-2 focus-visible:after:outline-accent"
          >
            {app.name}
          </Link>
          <div className="mt-1 flex gap-1">
            <ModeBadge mode={app.mode} />
            {app.published_at ? <Badge tone="success">{t('apps.published')}</Badge> : null}
          </div>
        </div>
        {editable ? (
          <div className="relative z-1 -mt-1 -me-1.5">
            <Menu
              groups={groups}
              trigger={
                <IconButton
                  size="sm"
                  label={t('apps.menuOf', { name: app.name })}
                  icon={<MoreHorizontal />}
                />
              }
            />
          </div>
        ) : null}
      </div>
      <div className="mt-3 flex-1">
        <p className="line-clamp-2 text-sm text-ink-soft">{app.description}</p>
      </div>
      <div className="mt-3 flex items-center gap-2 text-xs text-ink-faint">
        <span className="min-w-0 truncate">
          {app.author_name ? `${app.author_name} · ` : ''}
          <RelativeTime at={app.updated_at} />
        </span>
        <span className="ms-auto flex min-w-0 gap-1 overflow-hidden">
          {app.tags.slice(0, 2).map((tag) => (
            <Badge key={tag.id}>{tag.name}</Badge>
          ))}
          {app.tags.length > 2 ? <Badge>+{app.tags.length - 2}</Badge> : null}
        </span>
      </div>
      {dialogs}
    </li>
  );
}
