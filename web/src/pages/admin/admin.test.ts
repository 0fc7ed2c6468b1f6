import { describe, expect, it } from "vitest";
import { type Person, type Rights, type Settings, auditPath } from "../../api/admin";
import { auditSearch, peopleSearch } from "../../state/search";
import { attributesOf, rowsOf } from "./people/AttributesField";
import { missing, verdict } from "./people/rights";
import { findPeople } from "./people/search";
import { draftOf, settingsOf, wrongIn } from "./settings/draft";
import { actionWords, clientWords, resourceWords } from "./words";

const person = (name: string, more: Partial<Person> = {}): Person => ({
  id: name,
  kind: "person",
  login: `${name.toLowerCase()}@acme.example`,
  email: "",
  name,
  roles: ["supervisor", "wfo.team_leader"],
  unknown_roles: [],
  attributes: {},
  provided_roles: [],
  provided_attributes: {},
  active: true,
  created_at: "",
  changed_at: "",
  last_sign_in_at: null,
  has_password: true,
  password_change_due: false, second_factor: false,
  ...more,
});

describe("finding people", () => {
  const people = [person("Dina", { attributes: { department: ["Anvils"] } }), person("Čeněk"), person("Greta", { active: false })];
  it.each([
    ["", "active", ["Dina", "Čeněk"]],
    ["cenek", "active", ["Čeněk"]],
    ["anv", "active", ["Dina"]],
    ["team leader di", "active", ["Dina"]],
    ["wfo.team_l", "all", ["Dina", "Čeněk", "Greta"]],
    ["nvils", "active", []],
    ["", "deactivated", ["Greta"]],
  ])("%s of %s", (text, which, names) => expect(findPeople(people, text, which).map(({ name }) => name)).toEqual(names));
});

const rights = (more: Partial<Rights>, state: "some" | "none" = "none"): Rights => ({
  person: "p",
  entry: "open",
  roles: [],
  capabilities: [{ name: "dashboards", level: "viewer", from: ["wfo.dashboard_viewer"] }],
  rows: {
    state,
    label: "Anvils",
    policy_version: 1,
    broken: false,
    data_sets: ["conversations", "activities"].map((data_set) => ({
      data_set,
      state,
      result: "",
      rules: [{ name: "Units", effect: "grant" as const, applies: true, for_whom: "everyone", rows: "", reads: [{ attribute: "unit", values: [] }], lacks: state === "none" }],
    })),
  },
  ...more,
});

describe("why somebody sees what they see", () => {
  it("says what is there", () => expect(verdict(rights({}, "some"))).toEqual({ bad: false, words: "Sees the rows of Anvils." }));
  it("says the first thing that stands in the way", () => {
    expect(verdict(rights({ entry: "not_active" })).words).toMatch(/^Deactivated/);
    expect(verdict(rights({ entry: "no_flex_role" })).words).toMatch(/Supervisor or Administrator/);
    expect(verdict(rights({ capabilities: [] }, "some")).words).toMatch(/none of the roles opens dashboards/);
    expect(verdict(rights({ rows: { ...rights({}).rows, broken: true } })).words).toMatch(/can't be read/);
    expect(verdict(rights({ rows: { ...rights({}).rows, state: "open" } })).bad).toBe(true);
  });
  it("names a missing value once, and unknown roles", () =>
    expect(missing(rights({ roles: [{ role: "okta.all", known: false }] }))).toEqual(["Missing: a value for unit, which the rule Units reads", "Not known here, so without effect: okta.all"]));
  it("misses nothing where nothing is lacking", () => expect(missing(rights({}, "some"))).toEqual([]));
});

describe("attributes while they are edited", () => {
  it("come back as they were", () => expect(attributesOf(rowsOf({ market: ["CZ", "SK"] }))).toEqual({ market: ["CZ", "SK"] }));
  it("lose rows without a name or value, and join those of one name", () =>
    expect(attributesOf([{ name: " ", values: ["x"] }, { name: "team", values: [] }, { name: "unit", values: ["A"] }, { name: "unit ", values: ["A", "B"] }])).toEqual({ unit: ["A", "B"] }));
});

describe("settings while they are edited", () => {
  const settings: Settings = {
    name: "Acme",
    time_zone: "Europe/Prague",
    service_level_seconds: 20,
    service_level_overrides: [{ queue: null, channel: "Chat", seconds: 60 }],
    short_abandon_seconds: 5,
    available_activities: ["Available"],
    offline_activities: ["Offline"],
    session_idle_minutes: 30, session_hours: 12, second_factor_required: false, contact: "Ada",
    demo: true,
  };
  const zones = ["Europe/Prague"];
  it("come back as they were", () => expect(settingsOf(draftOf(settings), settings)).toEqual(settings));
  it("are right", () => expect(wrongIn(draftOf(settings), zones)).toEqual({}));
  it.each([
    [{ name: " " }, "name"],
    [{ time_zone: "Prague!" }, "time_zone"],
    [{ service_level_seconds: "0" }, "service_level_seconds"],
    [{ service_level_seconds: "1.5" }, "service_level_seconds"],
    [{ service_level_seconds: "" }, "service_level_seconds"],
    [{ short_abandon_seconds: "3601" }, "short_abandon_seconds"],
    [{ short_abandon_seconds: "-1" }, "short_abandon_seconds"],
    [{ service_level_overrides: [{ queue: "", channel: "", seconds: "x" }] }, "service_level_overrides"],
    [{ offline_activities: ["Available"] }, "offline_activities"],
  ])("%j is wrong", (patch, field) => expect(Object.keys(wrongIn({ ...draftOf(settings), ...patch }, zones))).toEqual([field]));
});

describe("words", () => {
  it.each([
    ["Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"],
    ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile Safari/604.1", "Safari on iPhone"],
    ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"],
    ["curl/8.5", "curl/8.5"],
    ["", "Unknown browser"],
  ])("%s", (client, words) => expect(clientWords(client)).toBe(words));
  it("keeps what it has no word for", () => expect(actionWords({ action: "new_thing", detail: "odd_end" })).toEqual({ title: "New thing", note: "Odd end" }));
  it("says whose page it was", () => {
    expect(resourceWords({ resource: "person", resource_id: "p1", on: "Dina" })).toEqual({ title: "Dina", note: "Person" });
    expect(resourceWords({ resource: "workspace", resource_id: "acme", on: null })).toEqual({ title: "Workspace", note: null });
  });
});

describe("addresses", () => {
  it("keep only what is understood", () => {
    expect(peopleSearch({ q: "a", which: "everyone" })).toEqual({ q: "a", which: undefined });
    expect(auditSearch({ outcome: "maybe", from: "2026-1-1", to: "2026-10-31" })).toEqual({ person: undefined, action: undefined, outcome: undefined, from: undefined, to: "2026-10-31" });
  });
  it("escape what stands in them", () => expect(auditPath({ person: "a&b" }, { limit: "5" })).toBe("/audit?person=a%26b&limit=5"));
});
