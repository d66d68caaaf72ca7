import type { components, paths } from "./schema.ts";

type Schemas = components["schemas"];
/** The paths that launch and list exports: one for each dataset, and alike but for the filters. */
type ExportsPath = Extract<keyof paths, `/v1/payments/${string}/export`>;

export type Caller = Schemas["Caller"];
export type Role = Caller["role"];
export type ExportStatus = Schemas["ExportStatus"];
export type ExportType = Schemas["ExportType"];
export type FieldProblem = Schemas["FieldProblem"];
export type Resent = Schemas["Resent"];
export type ListQuery = NonNullable<paths[ExportsPath]["get"]["parameters"]["query"]>;

/** Filters by their names. Amounts stay the text that they are written in: a JavaScript number rounds. */
export type Filters = Readonly<Record<string, string | readonly string[]>>;

/** What a file holds. The totals are texts, and stay them for the same reason. */
export type Manifest = Omit<Schemas["Manifest"], "filters"> & { filters: Filters };

export type Export = Omit<Schemas["Export"], "filters" | "manifest"> & {
  filters: Filters;
  manifest?: Manifest;
};

export type ExportDetail = Export & { downloadUrl?: string; downloadUrlExpiresAt?: string };

export interface ExportPage {
  items: Export[];
  nextCursor: string | null;
}

export interface LaunchRequest {
  cc: string[];
  filters?: Filters;
}

/** A problem document, with the members that only some kinds have. */
export type ProblemDocument = Schemas["Problem"] &
  Partial<Pick<Schemas["AlreadyPendingProblem"], "exportId">> &
  Partial<Pick<Schemas["NotReadyProblem"], "exportStatus">> &
  Pick<Schemas["InvalidRequestProblem"], "errors">;
