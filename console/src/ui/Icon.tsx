const PATHS = {
  brand: "M12 4v10m0 0-4-4m4 4 4-4M5 17v3h14v-3",
  pending: "M12 7v5l3 2M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z",
  ready: "m8 12.500 2.700 2.700L16 9.500M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z",
  failed: "M12 8v5m0 3v.100M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z",
  expired: "M7 4h10M7 20h10M8 4c0 5 8 5.500 8 16M16 4c0 5-8 5.500-8 16",
  info: "M12 11v5m0-8v.100M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z",
  download: "M12 4v10m0 0-4-4m4 4 4-4M5 18h14",
  mail: "M4 6h16v12H4zM4 7l8 6 8-6",
  again: "M19 12a7 7 0 1 1-2-5l2 2m0-5v5h-5",
  copy: "M9 9h10v10H9zM15 9V5H5v10h4",
  check: "m5 12.500 4.500 4.500L19 7.500",
  close: "m6 6 12 12M18 6 6 18",
  down: "m7 10 5 5 5-5",
  up: "m7 14 5-5 5 5",
  grip: "M9 6v.100M15 6v.100M9 12v.100M15 12v.100M9 18v.100M15 18v.100",
  sortDown: "M12 5v14m0 0-5-5m5 5 5-5",
  sortUp: "M12 19V5m0 0-5 5m5-5 5 5",
  previous: "m14 6-6 6 6 6",
  next: "m10 6 6 6-6 6",
  first: "m12 6-6 6 6 6M18 6l-6 6 6 6",
  more: "M5 12v.100M12 12v.100M19 12v.100",
  delete: "M5 7h14M10 4h4M7 7l1 13h8l1-13M10.500 11v5m3-5v5",
  details: "M5 6h14M5 12h14M5 18h9",
  plus: "M12 5v14M5 12h14",
} as const;

export type IconName = keyof typeof PATHS;

/** A picture beside a text that says the same. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
