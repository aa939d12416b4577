import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLanguage } from '../../i18n/language.ts';

const width = 320;
const height = 72;
const pad = 3;

/** A line over days, with the day under the pointer, and a table for screen readers. */
export function Trend({
  days,
  values,
  format,
  label,
}: {
  days: readonly string[];
  values: readonly number[];
  format: (value: number) => string;
  label: string;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const gradientId = useId();
  const [active, setActive] = useState<number>();
  const max = Math.max(...values, 0) || 1;
  const x = (index: number) => (days.length === 1 ? width / 2 : (index / (days.length - 1)) * width);
  const y = (value: number) => height - pad - (value / max) * (height - 2 * pad);
  const single = days.length === 1;
  const line = values
    .map((value, index) => `${index ? 'L' : 'M'}${x(index).toFixed(1)} ${y(value).toFixed(1)}`)
    .join('');
  const dayName = (day: string) =>
    new Intl.DateTimeFormat(language, { month: 'short', day: 'numeric', timeZone: 'UTC' }).format(
      new Date(`${day}T00:00:00Z`),
    );
  const at = active === undefined ? undefined : { day: days[active] ?? '', value: values[active] ?? 0 };
  return (
    <figure className="relative">
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        className="block h-18 w-full overflow-visible text-accent"
        aria-hidden="true"
        onPointerLeave={() => setActive(undefined)}
        onPointerMove={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          const share = (event.clientX - box.left) / box.width;
          setActive(Math.round(Math.min(1, Math.max(0, share)) * (days.length - 1)));
        }}
      >
        <defs>
          <linearGradient id={gradientId} x1="0" x2="0" y1="0" y2="1">
            <stop offset="0" stopColor="currentColor" stopOpacity="0.16" />
            <stop offset="1" stopColor="currentColor" stopOpacity="0" />
          </linearGradient>
        </defs>
        {single ? (
          <circle cx={x(0)} cy={y(values[0] ?? 0)} r="3" fill="currentColor" />
        ) : (
          <>
            <path d={`${line}L${width} ${height}L0 ${height}Z`} fill={`url(#${gradientId})`} />
            <path
              d={line}
              fill="none"
              stroke="currentColor"
              strokeWidth="1.75"
              vectorEffect="non-scaling-stroke"
            />
          </>
        )}
        {active === undefined ? null : (
          <line
            x1={x(active)}
            x2={x(active)}
            y1="0"
            y2={height}
            className="stroke-control"
            vectorEffect="non-scaling-stroke"
          />
        )}
      </svg>
      <figcaption className="tabular mt-1.5 flex justify-between text-xs text-ink-faint" aria-hidden="true">
        {at ? (
          <>
            <span>{dayName(at.day)}</span>
            <span className="font-medium text-ink">{format(at.value)}</span>
          </>
        ) : (
          <>
            <span>{dayName(days[0] ?? '')}</span>
            <span>{dayName(days.at(-1) ?? '')}</span>
          </>
        )}
      </figcaption>
      <table className="sr-only">
        <caption>{label}</caption>
        <thead>
          <tr>
            <th scope="col">{t('monitor.day')}</th>
            <th scope="col">{label}</th>
          </tr>
        </thead>
        <tbody>
          {days.map((day, index) => (
            <tr key={day}>
              <th scope="row">{dayName(day)}</th>
              <td>{format(values[index] ?? 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}
