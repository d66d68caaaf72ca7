/** What the reference reads of an OpenAPI 3.0 file. */
export interface Contract {
  info: { title: string; description: string };
  security?: Security[];
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: {
    securitySchemes?: Record<string, SecurityScheme>;
    parameters?: Record<string, Parameter>;
    headers?: Record<string, Header>;
    responses: Record<string, Response>;
    schemas: Record<string, Schema>;
  };
}

export interface Reference {
  $ref: string;
}

export interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  description: string;
  security?: Security[];
  parameters?: (Parameter | Reference)[];
  requestBody?: { description?: string; required?: boolean; content: Content };
  responses: Record<string, Response | Reference>;
}

export interface Parameter {
  name: string;
  in: "path" | "query" | "header";
  required?: boolean;
  description?: string;
  schema: Schema | Reference;
  example?: unknown;
}

export interface Response {
  description: string;
  headers?: Record<string, Header | Reference>;
  content?: Content;
}

export interface Schema {
  type?: string;
  description?: string;
  format?: string;
  nullable?: boolean;
  enum?: unknown[];
  default?: unknown;
  example?: unknown;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  items?: Schema | Reference;
  properties?: Record<string, Schema | Reference>;
  required?: string[];
  additionalProperties?: boolean | Schema | Reference;
  allOf?: (Schema | Reference)[];
  oneOf?: (Schema | Reference)[];
}

export type Content = Record<string, Media>;

export interface Media {
  schema: Schema | Reference;
  example?: unknown;
  examples?: Record<string, { summary?: string; value: unknown }>;
}

export interface Header {
  description?: string;
  schema: Schema | Reference;
}

interface SecurityScheme {
  type: string;
  scheme?: string;
  name?: string;
  in?: string;
  description?: string;
}

type Security = Record<string, string[]>;

export interface Endpoint {
  method: string;
  path: string;
  operation: Operation;
}

export function isReference(node: object): node is Reference {
  return "$ref" in node;
}

/** `ExportPage` of `#/components/schemas/ExportPage`. */
export function nameOf(reference: Reference): string {
  return reference.$ref.slice(reference.$ref.lastIndexOf("/") + 1);
}

/** A component, or what stands in its place. */
export function resolved<T extends object>(
  node: T | Reference,
  components: Record<string, T> | undefined,
): T {
  if (!isReference(node)) {
    return node;
  }
  const found = components?.[nameOf(node)];
  if (!found) {
    throw new Error(`There is no component ${node.$ref}.`);
  }
  return found;
}

/** The operations of a tag, in the contract's order of paths. */
export function endpointsOf(contract: Contract, tag: string): Endpoint[] {
  return Object.entries(contract.paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([, operation]) => operation.tags.includes(tag))
      .map(([method, operation]) => ({ method, path, operation })),
  );
}
