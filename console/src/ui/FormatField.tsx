import type { Locale, Profile } from "../api/types.ts";
import { LANGUAGES, languageOf } from "../domain/fileFormat.ts";

interface Props {
  profile: Profile | undefined;
  isCompressed: boolean;
  onProfile: (profile: Profile | undefined) => void;
  onCompressed: (isCompressed: boolean) => void;
}

/** For whom the file is written, programs or a spreadsheet of a language, and whether it is compressed. */
export function FormatField({ profile, isCompressed, onProfile, onCompressed }: Props) {
  const choose = (locale: Locale) => onProfile({ name: "spreadsheet", locale });
  return (
    <fieldset class="format">
      <legend>Format</legend>
      <div class="role">
        <label>
          <input
            type="radio"
            name="profile"
            checked={profile === undefined}
            onChange={() => onProfile(undefined)}
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
            For spreadsheets{" "}
            <small class="muted">
              {isCompressed ? "Once unpacked, opens" : "Opens"} in Excel with a double click; times are in UTC
            </small>
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
      <label class="compression">
        <input
          type="checkbox"
          checked={isCompressed}
          onChange={(event) => onCompressed(event.currentTarget.checked)}
        />
        <span>
          Compressed (.csv.gz){" "}
          <small class="muted">
            For large files: several times smaller to download; Excel opens it only after unpacking
          </small>
        </span>
      </label>
    </fieldset>
  );
}
