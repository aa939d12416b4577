/** The mark: a lattice of four rounded squares joined by two diagonals, in the current colour. */
export function LogoMark({ className }: { className?: string }) {
  return (
    <svg
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      className={className ?? 'size-6'}
      aria-hidden="true"
    >
      <rect x="3" y="3" width="6" height="6" rx="1.8" fill="currentColor" />
      <rect x="15" y="3" width="6" height="6" rx="1.8" />
      <rect x="3" y="15" width="6" height="6" rx="1.8" />
      <rect x="15" y="15" width="6" height="6" rx="1.8" fill="currentColor" />
      <path d="m9.3 9.3 5.4 5.4M14.7 9.3 9.3 14.7" />
    </svg>
  );
}

/** Mark and name. */
export function Logo({ name = 'Trellis' }: { name?: string }) {
  return (
    <span className="inline-flex items-center gap-2 text-ink">
      <LogoMark className="size-6 text-accent" />
      <span className="text-md font-semibold tracking-tight">{name}</span>
    </span>
  );
}
