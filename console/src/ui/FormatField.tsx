import type { Locale, Profile } from "../api/types.ts";
import { LANGUAGES, languageOf } from "../domain/profile.ts";

interface Props {
  profile: Profile | undefined;
  onChange: (profile: Profile | undefined) => void;
}

/** For whom the file is written: programs, or a spreadsheet of a language. */
export function ProfileField({ profile, onChange }: Props) {
  const choose = (locale: Locale) => onChange({ name: "spreadsheet", locale });
  return (
    <fieldset class="profile">
      <legend>Format</legend>
      <div class="role">
        <label>
          <input
            type="radio"
            name="profile"
            checked={profile === undefined}
            onChange={() => onChange(undefined)}
          />
          <span>
            Standard <small class="muted">For programs: 1234.50 and 2026-01-31T23:59:59Z</small>
          </span>
        </label>
      </div>
      <div class="role">
        <label>
          <input
            type="radio"
            name="profile"
            checked={profile !== undefined}
            onChange={() => choose(languageOf(navigator.language))}
          />
          <span>
            For spreadsheets <small class="muted">Opens in Excel with a double click; times are in UTC</small>
          </span>
        </label>
        {profile && (
          <select
            aria-label="The spreadsheet's language"
            value={profile.locale}
            onChange={(event) => choose(event.currentTarget.value as Locale)}
          >
            {LANGUAGES.map(({ locale, name }) => (
              <option key={locale} value={locale}>
                {name}
              </option>
            ))}
          </select>
        )}
      </div>
    </fieldset>
  );
}
