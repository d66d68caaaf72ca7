import { apiBase } from "../api/client.ts";

/** Leads to the API reference, which is beside this page. */
export function ReferenceLink() {
  return <a href={`${apiBase(location.pathname)}/docs`}>API reference</a>;
}
