import { Html, html, prose } from "./html.ts";
import { isReference, nameOf, type Reference, type Schema } from "./openapi.ts";

type Node = Schema | Reference;

/** A schema in full: its type, what is said of it, its rules and its properties. */
export function schemaInFull(schema: Node): Html {
  return html`<p class="type">${type(schema)}</p>${about(schema)}${parts(schema)}`;
}

/** One named value of a table: a property, a parameter or a header. */
export function field(name: string, schema: Node, isRequired: boolean, description?: string): Html {
  const required = isRequired ? html` <span class="required">required</span>` : undefined;
  const said = description === undefined ? undefined : html`<p>${prose(description)}</p>`;
  return html`<li class="field"><div class="name"><code>${name}</code> <span class="type">${type(schema)}</span>${required}</div>${said}${about(schema)}${parts(schema)}</li>`;
}

/** A type in a few words, with a link where it has a section of its own. */
export function type(node: Node): Html {
  if (isReference(node)) {
    return html`<a href="#schema-${nameOf(node)}">${nameOf(node)}</a>`;
  }
  const nullable = node.nullable ? " or null" : "";
  const [only] = node.allOf?.length === 1 ? node.allOf : [];
  if (only) {
    return html`${type(only)}${nullable}`;
  }
  if (node.allOf || node.oneOf) {
    const [all, joint] = node.allOf ? [node.allOf, " and "] : [node.oneOf ?? [], " or "];
    const named = (one: Node) => ("properties" in one ? html`the fields below` : type(one));
    return html`${all.map((one, index) => html`${index > 0 ? joint : ""}${named(one)}`)}${nullable}`;
  }
  if (node.items) {
    return html`array of ${type(node.items)}${nullable}`;
  }
  if (typeof node.additionalProperties === "object") {
    return html`object of ${type(node.additionalProperties)}${nullable}`;
  }
  const format = node.format ? ` (${node.format})` : "";
  return html`${node.type ?? "any value"}${format}${nullable}`;
}

function about(node: Node): Html | undefined {
  if (isReference(node)) {
    return undefined;
  }
  const description = node.description === undefined ? undefined : html`<p>${prose(node.description)}</p>`;
  const found = rules(node);
  const list =
    found.length > 0
      ? html`<ul class="rules">${found.map((rule) => html`<li>${rule}</li>`)}</ul>`
      : undefined;
  return html`${description}${list}`;
}

/** The rules of a schema itself, then those of an array's items. */
function rules(schema: Schema): Html[] {
  const { items } = schema;
  const ofItems = items && !isReference(items) && !items.properties ? rules(items) : [];
  return [...ownRules(schema), ...ofItems.map((rule) => html`each: ${rule}`)];
}

function ownRules(schema: Schema): Html[] {
  return [
    schema.enum && html`one of ${list(schema.enum)}`,
    range(schema.minimum, schema.maximum, ""),
    range(schema.minLength, schema.maxLength, " characters"),
    range(schema.minItems, schema.maxItems, " items"),
    schema.uniqueItems ? html`no item twice` : undefined,
    schema.pattern === undefined ? undefined : html`matches <code>${schema.pattern}</code>`,
    schema.default === undefined ? undefined : html`default ${list([schema.default])}`,
    schema.example === undefined ? undefined : html`for example ${list([schema.example])}`,
    schema.additionalProperties === false ? html`no other fields` : undefined,
  ].filter((rule) => rule instanceof Html);
}

function range(least: number | undefined, most: number | undefined, unit: string): Html | undefined {
  if (least !== undefined && most !== undefined) {
    return html`${least.toLocaleString("en")} to ${most.toLocaleString("en")}${unit}`;
  }
  const bound = least ?? most;
  return bound === undefined
    ? undefined
    : html`at ${bound === least ? "least" : "most"} ${bound.toLocaleString("en")}${unit}`;
}

/** Values as JSON has them, but texts without quotes. */
export function list(values: readonly unknown[]): Html {
  return html`${values.map((value, index) => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return html`${index > 0 ? ", " : ""}<code>${text}</code>`;
  })}`;
}

/** The fields below a schema that has no section of its own. */
function parts(node: Node): Html | undefined {
  if (isReference(node)) {
    return undefined;
  }
  const { properties, items, additionalProperties: others } = node;
  const below = [
    items,
    typeof others === "object" ? others : undefined,
    ...(node.allOf ?? []),
    ...(node.oneOf ?? []),
  ];
  const fields = Object.entries(properties ?? {}).map(([name, schema]) =>
    field(name, schema, node.required?.includes(name) ?? false),
  );
  const own = fields.length > 0 ? html`<ul class="fields">${fields}</ul>` : undefined;
  return html`${own}${below.map((one) => one && parts(one))}`;
}
