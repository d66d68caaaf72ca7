import { type Html, html, prose } from "./html.ts";
import { type Contract, endpointsOf } from "./openapi.ts";
import { answerBody, operation, verb } from "./operation.ts";
import { schemaInFull } from "./schema.ts";

export interface Api {
  /** The last part of its page's address. */
  slug: string;
  name: string;
  /** Whom it is for. */
  audience: string;
  contract: Contract;
}

export interface Frame {
  /** Where the page's files are, as seen from the page. */
  stylesheet: string;
  icon: string;
}

/** The page at `…/docs`: every operation of every API. */
export function overview(apis: readonly Api[], { stylesheet, icon }: Frame): string {
  const sections = apis.map(
    ({ slug, name, audience, contract }) => html`<section>
<h2><a href="docs/${slug}">${name}</a></h2>
<p class="muted">For ${audience}.</p>
${contract.tags.map(
  ({ name: tag }) => html`<h3>${tag}</h3>
<ul class="index">${endpointsOf(contract, tag).map(
    ({ method, path, operation }) =>
      html`<li>${verb(method)} <a href="docs/${slug}#${operation.operationId}">${operation.summary}</a> <code>${path}</code></li>`,
  )}</ul>`,
)}
</section>`,
  );
  const content = html`<h1>API reference</h1>
<p>Made from the OpenAPI files that the APIs are deployed from.</p>
${sections}`;
  const links = { overview: "docs", api: (slug: string) => `docs/${slug}`, page: "console" };
  return page("API reference", undefined, content, apis, links, {
    stylesheet: `console/${stylesheet}`,
    icon,
  });
}

/** The page of an API, at `…/docs/{slug}`. */
export function reference(api: Api, apis: readonly Api[], { stylesheet, icon }: Frame): string {
  const { contract, name } = api;
  const { responses, schemas, securitySchemes = {} } = contract.components;
  const required = new Set((contract.security ?? []).flatMap((one) => Object.keys(one)));
  const keys = Object.entries(securitySchemes).filter(([scheme]) => required.has(scheme));
  const contents = html`<nav class="contents" aria-label="Operations">
${contract.tags.map(
  ({ name: tag }) => html`<h2>${tag}</h2>
<ul>${endpointsOf(contract, tag).map(
    ({ operation }) => html`<li><a href="#${operation.operationId}">${operation.summary}</a></li>`,
  )}</ul>`,
)}
<h2>Shared</h2>
<ul><li><a href="#errors">Errors</a></li><li><a href="#schemas">Schemas</a></li></ul>
</nav>`;
  const content = html`<h1>${contract.info.title}</h1>
<p>${prose(contract.info.description)}</p>
${keys.map(
  ([, { description, name: header, scheme }]) =>
    html`<p><code>${header ?? `Authorization: ${scheme}`}</code>: ${prose(description ?? "")}</p>`,
)}
${contract.tags.map(
  ({ name: tag, description }) => html`<section>
<h2>${tag}</h2>
<p>${prose(description)}</p>
${endpointsOf(contract, tag).map((endpoint) => operation(contract, endpoint))}
</section>`,
)}
<section id="errors"><h2>Errors</h2>
${Object.entries(responses).map(
  ([key, response]) =>
    html`<section class="shared" id="response-${key}"><h3>${key}</h3><p>${prose(response.description)}</p>${answerBody(contract, response)}</section>`,
)}
</section>
<section id="schemas"><h2>Schemas</h2>
${Object.entries(schemas).map(
  ([key, schema]) =>
    html`<section class="shared" id="schema-${key}"><h3>${key}</h3>${schemaInFull(schema)}</section>`,
)}
</section>`;
  const links = { overview: "../docs", api: (slug: string) => slug, page: "../console" };
  return page(`${name} reference`, api, html`${contents}<main id="content">${content}</main>`, apis, links, {
    stylesheet: `../console/${stylesheet}`,
    icon,
  });
}

interface Links {
  overview: string;
  api: (slug: string) => string;
  page: string;
}

function page(
  title: string,
  current: Api | undefined,
  content: Html,
  apis: readonly Api[],
  links: Links,
  { stylesheet, icon }: Frame,
): string {
  const here = (isHere: boolean) => (isHere ? html` aria-current="page"` : undefined);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Payout exports</title>
<link rel="icon" href="${icon}">
<link rel="stylesheet" href="${stylesheet}">
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<span class="brand">Payout exports</span>
<nav aria-label="APIs"><a href="${links.overview}"${here(current === undefined)}>All operations</a>
${apis.map(({ slug, name }) => html`<a href="${links.api(slug)}"${here(slug === current?.slug)}>${name}</a>`)}
<a class="back" href="${links.page}">Back Office</a></nav>
</header>
<div class="columns">${current ? content : html`<main id="content">${content}</main>`}</div>
</body>
</html>
`.text;
}
