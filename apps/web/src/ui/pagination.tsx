import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { IconButton } from './button.tsx';

/** Moves between the pages of a list; nothing is shown for a single page. */
export function Pagination({
  page,
  limit,
  total,
  onPageChange,
}: {
  page: number;
  limit: number;
  total: number;
  onPageChange: (page: number) => void;
}) {
  const { t } = useTranslation();
  const pages = Math.max(1, Math.ceil(total / limit));
  if (total <= limit && page === 1) return null;
  return (
    <nav
      aria-label={t('common.pages')}
      className="flex items-center justify-between gap-3 text-sm text-ink-soft"
    >
      <span className="tabular">
        {t('common.pageRange', { from: (page - 1) * limit + 1, to: Math.min(page * limit, total), total })}
      </span>
      <div className="flex items-center gap-1">
        <IconButton
          size="sm"
          variant="secondary"
          label={t('common.previousPage')}
          icon={<ChevronLeft className="rtl:rotate-180" />}
          disabled={page <= 1}
          onClick={() => onPageChange(page - 1)}
        />
        <IconButton
          size="sm"
          variant="secondary"
          label={t('common.nextPage')}
          icon={<ChevronRight className="rtl:rotate-180" />}
          disabled={page >= pages}
          onClick={() => onPageChange(page + 1)}
        />
      </div>
    </nav>
  );
}
