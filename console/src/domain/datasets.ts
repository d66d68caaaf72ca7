import type {
  Caller,
  ExportType,
  Filters,
  FundingTransfersStatus,
  Role,
  TransactionsStatus,
} from "../api/types.ts";

export type FilterName = keyof Filters;

/** One kind of record that can be exported, as `/v1/payments/{slug}/export` knows it. */
export interface Dataset {
  slug: string;
  type: ExportType;
  title: string;
  /** Within a sentence. */
  name: string;
  roles: readonly Role[];
  /** What a launch may filter by; empty: all is exported. */
  filters: readonly FilterName[];
  statuses: readonly string[];
}

const EVERYONE: readonly Role[] = ["OPERATOR", "SUPPLIER"];
const OPERATORS: readonly Role[] = ["OPERATOR"];

export const DATASETS: readonly Dataset[] = [
  {
    slug: "transactions",
    type: "TRANSACTION_EVENTS",
    title: "Transactions",
    name: "transactions",
    roles: EVERYONE,
    filters: [
      "createdAtFrom",
      "createdAtTo",
      "statuses",
      "supplierIds",
      "amountMin",
      "amountMax",
      "paymentMethods",
    ],
    statuses: [
      "AUTHORIZED",
      "CAPTURED",
      "REFUNDED",
      "CHARGED_BACK",
      "CANCELLED",
      "FAILED",
    ] satisfies TransactionsStatus[],
  },
  {
    slug: "supplier-payouts",
    type: "SUPPLIER_PAYOUTS",
    title: "Supplier payouts",
    name: "supplier payouts",
    roles: OPERATORS,
    filters: [],
    statuses: [],
  },
  {
    slug: "marketplace-payouts",
    type: "MARKETPLACE_PAYOUTS",
    title: "Marketplace payouts",
    name: "marketplace payouts",
    roles: OPERATORS,
    filters: [],
    statuses: [],
  },
  {
    slug: "funding-transfers",
    type: "FUNDING_TRANSFERS",
    title: "Funding transfers",
    name: "funding transfers",
    roles: EVERYONE,
    filters: [
      "createdAtFrom",
      "createdAtTo",
      "statuses",
      "supplierIds",
      "amountMin",
      "amountMax",
      "sourceBalanceAccountType",
      "targetBalanceAccountType",
    ],
    statuses: ["PENDING", "COMPLETED", "FAILED"] satisfies FundingTransfersStatus[],
  },
];

export function datasetBySlug(slug: string | null): Dataset | undefined {
  return DATASETS.find((dataset) => dataset.slug === slug);
}

export function may(caller: Caller, act: "create" | "read", dataset: Dataset): boolean {
  return dataset.roles.includes(caller.role) && caller.permissions.includes(`${dataset.slug}:${act}`);
}

/** The datasets that the caller can do anything with. */
export function datasetsOf(caller: Caller): Dataset[] {
  return DATASETS.filter((dataset) => may(caller, "read", dataset) || may(caller, "create", dataset));
}

/** What the caller may filter a launch by: a supplier's file holds only its own records anyway. */
export function filtersFor(caller: Caller, dataset: Dataset): readonly FilterName[] {
  return caller.role === "SUPPLIER"
    ? dataset.filters.filter((filter) => filter !== "supplierIds")
    : dataset.filters;
}
