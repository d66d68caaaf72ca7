import type { components, paths } from "./schema.ts";

type Schemas = components["schemas"];
/** The paths that launch and list exports: one for each dataset, and alike but for the filters. */
type ExportsPath = Extract<keyof paths, `/v1/payments/${string}/export`>;
/** The paths that list records, which are alike in the same way. */
type RecordsPath = Exclude<
  Extract<keyof paths, `/v1/payments/${string}`>,
  `/v1/payments/${string}/${string}`
>;

export type Caller = Schemas["Caller"];
export type Role = Caller["role"];
export type ExportStatus = Schemas["ExportStatus"];
export type ExportType = Schemas["ExportType"];
export type FieldProblem = Schemas["FieldProblem"];
export type Resent = Schemas["Resent"];
export type ListQuery = NonNullable<paths[ExportsPath]["get"]["parameters"]["query"]>;

export type SupplierList = Schemas["SupplierList"];
export type Supplier = SupplierList["items"][number];

/** Filters by their names. Amounts stay the text that they are written in: a JavaScript number rounds. */
export type Filters = Readonly<Record<string, string | readonly string[]>>;

/** What a file holds. The totals are texts, and stay them for the same reason. */
export type Manifest = Omit<Schemas["Manifest"], "filters"> & { filters: Filters };

export type Export = Omit<Schemas["Export"], "filters" | "manifest"> & {
  filters: Filters;
  manifest?: Manifest;
};

export type ExportDetail = Export & Omit<Schemas["ExportDetail"], keyof Schemas["Export"]>;
export type Sending = Schemas["Sending"];
export type Download = Schemas["Download"];
export type Link = Schemas["Link"];
export type LinkList = Schemas["LinkList"];

export interface ExportPage {
  items: Export[];
  nextCursor: string | null;
}

/** What a file is to hold, and for whom it is written. */
export interface FileRequest {
  filters?: Filters;
  /** By their names, in the file's order; absent: all. */
  columns?: readonly string[];
  profile?: Profile;
}

export type Profile = Schemas["Profile"];
export type Compression = Schemas["Compression"];
export type Locale = NonNullable<Profile["locale"]>;

export type LaunchRequest = FileRequest & { compression?: Compression; cc: string[] };

export type Webhook = Schemas["Webhook"];
export type WebhookWithSecret = Schemas["WebhookWithSecret"];
export type WebhookChange = Schemas["WebhookChangeRequest"];
export type WebhookEvent = Schemas["WebhookEventType"];
export type WebhookDelivery = Schemas["WebhookDelivery"];
export type WebhookDeliveryPage = Schemas["WebhookDeliveryPage"];

export type When = Schemas["When"];
export type Weekday = NonNullable<When["daysOfWeek"]>[number];
export type Period = Schemas["Period"];
export type Schedule = Omit<Schemas["Schedule"], "filters"> & { filters: Filters };
export type ScheduleRun = Schedule["nextRuns"][number];
export type NewSchedule = LaunchRequest & { name: string; dataset: string; when: When };
/** What is absent stays; columns that are null are all of them. */
export type ScheduleChange = Partial<Omit<NewSchedule, "dataset" | "columns">> & {
  columns?: readonly string[] | null;
  paused?: boolean;
};

/** A record by its columns' names: of any dataset. Amounts are the texts that the file has. */
export type RecordItem = Readonly<Record<string, string | null>>;

export type RecordPage = Omit<Schemas[Extract<keyof Schemas, `${string}RecordPage`>], "items"> & {
  items: RecordItem[];
};

/** Which page of the records, in which order. */
export type RecordsPlace = Pick<
  NonNullable<paths[RecordsPath]["get"]["parameters"]["query"]>,
  "sort" | "limit" | "cursor"
>;

export type Estimate = Schemas["Estimate"];

/** A problem document, with the members that only some kinds have. */
export type ProblemDocument = Schemas["Problem"] &
  Partial<Pick<Schemas["AlreadyPendingProblem"], "exportId">> &
  Partial<Pick<Schemas["NotReadyProblem"], "exportStatus">> &
  Pick<Schemas["InvalidRequestProblem"], "errors">;
