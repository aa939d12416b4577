import { useQuery } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import { Activity, Boxes, Building2, CircleUserRound, Users } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { workspaceQuery } from '../../api/session.ts';

const linkClass =
  'flex h-8.5 shrink-0 items-center gap-2.5 rounded-control px-2.5 text-base font-medium whitespace-nowrap text-ink-soft hover:bg-hover hover:text-ink data-[status=active]:bg-selected data-[status=active]:text-ink [&_svg]:size-4';

/** The settings of the workspace and the account, side by side with their navigation. */
export function SettingsLayout() {
  const { t } = useTranslation();
  const { data: workspace } = useQuery(workspaceQuery);
  const mayOperate = workspace?.role === 'owner' || workspace?.role === 'admin';
  return (
    <div className="mx-auto flex w-full max-w-260 flex-col gap-5 px-4 py-6 sm:px-8 lg:flex-row lg:gap-10">
      <nav
        aria-label={t('settings.title')}
        className="flex gap-1 overflow-x-auto pb-1 lg:sticky lg:top-6 lg:w-48 lg:shrink-0 lg:flex-col lg:self-start"
      >
        <Link to="/settings/models" className={linkClass}>
          <Boxes aria-hidden="true" />
          {t('settings.models')}
        </Link>
        <Link to="/settings/members" className={linkClass}>
          <Users aria-hidden="true" />
          {t('settings.members')}
        </Link>
        <Link to="/settings/workspace" className={linkClass}>
          <Building2 aria-hidden="true" />
          {t('settings.workspace')}
        </Link>
        {mayOperate ? (
          <Link to="/settings/system" className={linkClass}>
            <Activity aria-hidden="true" />
            {t('settings.system')}
          </Link>
        ) : null}
        <Link to="/account" className={linkClass}>
          <CircleUserRound aria-hidden="true" />
          {t('settings.account')}
        </Link>
      </nav>
      <div className="min-w-0 flex-1">
        <Outlet />
      </div>
    </div>
  );
}
