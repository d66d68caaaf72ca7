import { type Html, html, prose } from "./html.ts";
import {
  type Content,
  type Contract,
  type Endpoint,
  isReference,
  type Media,
  nameOf,
  type Parameter,
  type Response,
  resolved,
} from "./openapi.ts";
import { field, type } from "./schema.ts";

const PLACES = [
  ["path", "In the path"],
  ["query", "In the query"],
  ["header", "Headers"],
] as const;

/** An operation: what it takes, and what it answers. */
export function operation(contract: Contract, { method, path, operation }: Endpoint): Html {
  const { operationId, summary, description, requestBody, security } = operation;
  const takesNoKey = security?.length === 0 && contract.components.securitySchemes !== undefined;
  const given = (operation.parameters ?? []).map((one) => resolved(one, contract.components.parameters));
  return html`<section class="operation" id="${operationId}">
<h3><a href="#${operationId}">${summary}</a></h3>
<p class="endpoint">${verb(method)} <code>${path}</code></p>
<p>${prose(description)}</p>
${takesNoKey ? html`<p class="muted">This operation takes no key.</p>` : undefined}
${PLACES.map(([place, title]) =>
  parameters(
    title,
    given.filter((one) => one.in === place),
  ),
)}
${requestBody && html`<h4>Body</h4>${requestBody.description && html`<p>${prose(requestBody.description)}</p>`}${content(requestBody.content)}`}
<h4>Answers</h4>
<ul class="answers">${Object.entries(operation.responses).map(([status, one]) => answer(contract, status, one))}</ul>
</section>`;
}

export function verb(method: string): Html {
  return html`<span class="verb ${method}">${method.toUpperCase()}</span>`;
}

function parameters(title: string, given: Parameter[]): Html | undefined {
  if (given.length === 0) {
    return undefined;
  }
  const fields = given.map((one) => field(one.name, one.schema, one.required === true, one.description));
  return html`<h4>${title}</h4><ul class="fields">${fields}</ul>`;
}

/** An answer in full, or a line with a link if it is one that many operations share. */
function answer(contract: Contract, status: string, response: Response | { $ref: string }): Html {
  const { description } = resolved(response, contract.components.responses);
  const kind = status < "400" ? "good" : "bad";
  const label = html`<span class="status ${kind}">${status}</span>`;
  return isReference(response)
    ? html`<li>${label} <a href="#response-${nameOf(response)}">${nameOf(response)}</a> <span>${prose(description)}</span></li>`
    : html`<li>${label} <span>${prose(description)}</span>${answerBody(contract, response)}</li>`;
}

/** The headers and the content of an answer. */
export function answerBody(contract: Contract, { headers, content: body }: Response): Html {
  const fields = Object.entries(headers ?? {}).map(([name, one]) => {
    const header = resolved(one, contract.components.headers);
    return field(name, header.schema, false, header.description);
  });
  return html`${fields.length > 0 ? html`<ul class="fields">${fields}</ul>` : undefined}${body && content(body)}`;
}

function content(body: Content): Html {
  return html`${Object.entries(body).map(
    ([mediaType, media]) =>
      html`<p class="media"><code>${mediaType}</code> <span class="type">${type(media.schema)}</span></p>${examples(media)}`,
  )}`;
}

function examples({ example, examples: several = {} }: Media): Html {
  const all = Object.values(several).map(({ summary, value }) => ({ title: summary ?? "Example", value }));
  const one = example === undefined ? [] : [{ title: "Example", value: example }];
  return html`${[...one, ...all].map(({ title, value }) => {
    const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
    return html`<details><summary>${title}</summary><pre tabindex="0"><code>${text}</code></pre></details>`;
  })}`;
}
