/** Whose days and clock the page shows: the API's, which is UTC, or the browser's. */
export type Zone = "UTC" | "local";

export function zoneName(zone: Zone): string {
  return zone === "UTC" ? "UTC" : browserZone();
}

/** `Europe/Madrid`; `UTC` where the browser is there already. */
export function browserZone(): string {
  const name = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return ["Etc/UTC", "Etc/GMT", "GMT", "Etc/UCT"].includes(name) ? "UTC" : name;
}
