import { Bot, MessageSquare, PenLine, Share2, Workflow } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { AppMode } from '../../api/apps.ts';
import { Badge } from '../../ui/badge.tsx';

/** The icon of each kind of app. */
export const modeIcons: Record<AppMode, ReactNode> = {
  chat: <MessageSquare />,
  'agent-chat': <Bot />,
  completion: <PenLine />,
  'advanced-chat': <Share2 />,
  workflow: <Workflow />,
};

/** The kind of an app in a word. */
export function ModeBadge({ mode }: { mode: AppMode }) {
  const { t } = useTranslation();
  return (
    <Badge>
      {modeIcons[mode]}
      {t(`apps.mode_${mode}`)}
    </Badge>
  );
}
