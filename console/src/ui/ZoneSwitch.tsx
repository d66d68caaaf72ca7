import { browserZone, type Zone } from "../domain/zone.ts";
import { chooseZone, zone } from "../state/zone.ts";

/** Whose clock the page shows. Somebody who lives by UTC has nothing to choose. */
export function ZoneSwitch() {
  const own = browserZone();
  if (own === "UTC") {
    return null;
  }
  return (
    <select
      class="zone"
      aria-label="Time zone"
      title="The time zone of days and times on this page"
      value={zone.value}
      onChange={(event) => chooseZone(event.currentTarget.value as Zone)}
    >
      <option value="UTC">UTC</option>
      <option value="local">My time zone ({own})</option>
    </select>
  );
}
