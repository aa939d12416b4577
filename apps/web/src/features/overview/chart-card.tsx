import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { statisticQuery } from '../../api/logs.ts';
import type { Period } from '../../console/search.ts';
import { useLanguage } from '../../i18n/language.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { formatNumber, formatPrice } from '../../lib/format.ts';
import { periodBounds, periodDays } from '../../lib/period.ts';
import { Button } from '../../ui/button.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { type Chart, fillDays, totalOf } from './charts.ts';
import { Trend } from './trend.tsx';

/** One statistic: its number over the period and its course by day. */
export function ChartCard({
  appId,
  chart,
  period,
  timeZone,
  nowMs,
}: {
  appId: string;
  chart: Chart;
  period: Period;
  timeZone: string;
  nowMs: number;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const describe = useErrorText();
  const statistic = useQuery(statisticQuery(appId, chart.name, periodBounds(period, timeZone, nowMs)));
  const data = statistic.data?.data ?? [];
  const days = periodDays(period, timeZone, nowMs, data[0]?.date);
  const values = fillDays(days, data, chart.field);
  const label = t(`monitor.chart_${(chart.text ?? chart.field) as 'message_count'}`);
  const format = (value: number) => {
    const rounded = Math.round(value * 100) / 100;
    const text = formatNumber(rounded, language, true);
    if (chart.unit === 'ms') return `${formatNumber(Math.round(value), language)} ms`;
    if (chart.unit === 'per-second') return t('monitor.perSecond', { value: text });
    if (chart.unit === 'per-thousand') return `${text} ‰`;
    return text;
  };
  const price =
    chart.name === 'statistics/token-costs'
      ? data.reduce((sum, day) => sum + Number(day['total_price'] ?? 0), 0)
      : 0;
  return (
    <section aria-label={label} className="flex flex-col rounded-panel border bg-surface p-4">
      <h3 className="text-sm font-medium text-ink-soft">{label}</h3>
      <p className="text-xs text-ink-faint">
        {t(`monitor.chartHelp_${(chart.text ?? chart.field) as 'message_count'}`)}
      </p>
      {statistic.isPending ? (
        <div className="mt-3 grid gap-3">
          <Skeleton className="h-7 w-24" />
          <Skeleton className="h-18" />
        </div>
      ) : statistic.error ? (
        <div role="alert" className="mt-3 grid justify-items-start gap-2 text-base text-danger-ink">
          {describe(statistic.error)}
          <Button size="sm" onClick={() => void statistic.refetch()}>
            {t('common.retry')}
          </Button>
        </div>
      ) : (
        <>
          <p className="tabular mt-2 mb-3 text-lg font-semibold">
            {format(totalOf(chart, values))}
            {price > 0 ? (
              <span className="ms-2 text-sm font-normal text-ink-faint">
                {formatPrice(price, String(data[0]?.['currency'] ?? 'USD'), language)}
              </span>
            ) : null}
          </p>
          <div className="mt-auto">
            <Trend days={days} values={values} format={format} label={label} />
          </div>
        </>
      )}
    </section>
  );
}
