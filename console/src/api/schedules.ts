import type { Api } from "./client.ts";
import type { NewSchedule, Schedule, ScheduleChange } from "./types.ts";

const PATH = "/v1/schedules";

export async function listSchedules(api: Api, signal?: AbortSignal): Promise<Schedule[]> {
  const list = await api.request<{ items: Schedule[] }>(PATH, { signal });
  return list.items;
}

export function addSchedule(api: Api, body: NewSchedule): Promise<Schedule> {
  return api.request(PATH, { method: "POST", body });
}

export function changeSchedule(api: Api, id: string, body: ScheduleChange): Promise<Schedule> {
  return api.request(`${PATH}/${id}`, { method: "PATCH", body });
}

export function removeSchedule(api: Api, id: string): Promise<void> {
  return api.request(`${PATH}/${id}`, { method: "DELETE" });
}
