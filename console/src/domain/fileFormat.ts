import type { Compression, Export, Locale, Profile } from "../api/types.ts";

/** The languages of spreadsheets that a file can be written for. */
export const LANGUAGES: readonly { locale: Locale; name: string }[] = [
  { locale: "en", name: "English" },
  { locale: "fr", name: "French" },
  { locale: "de", name: "German" },
  { locale: "es", name: "Spanish" },
];

/** The language to offer first: the reader's own, if it is one of these. */
export function languageOf(tag: string): Locale {
  return LANGUAGES.find(({ locale }) => tag.toLowerCase().split("-")[0] === locale)?.locale ?? "en";
}

/** How a file is written, as an export or a schedule shows it: what nobody asked for is absent. */
interface FileFormat {
  profile?: Profile | undefined;
  compression?: Compression | undefined;
}

/** That of the file if there is one, since an earlier release made it without what it did not know; else what was asked for. */
export function formatOf(item: Pick<Export, "profile" | "compression" | "manifest">): FileFormat {
  return item.manifest ?? item;
}

/** `for spreadsheets in French, compressed (.csv.gz)`. */
export function describeFormat({ profile, compression }: FileFormat): string {
  const written = describeProfile(profile ?? { name: "standard" });
  return compression === "gzip" ? `${written}, compressed (.csv.gz)` : written;
}

/** `for spreadsheets in French`. */
export function describeProfile({ name, locale }: Profile): string {
  const language = LANGUAGES.find((language) => language.locale === locale)?.name ?? locale;
  return name === "standard" ? "standard format" : `for spreadsheets in ${language}`;
}
