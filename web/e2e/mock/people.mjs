// The personas of the demo company, as /me shows them.

const CONTACT = "ask your administrator, admin@acme.example";

const NOBODY = { dashboards: "none", play_calls: false, export_calls: false, assess: "none", questionnaires: false, administer: false };
const VIEWER = { ...NOBODY, dashboards: "viewer", play_calls: true };

const rule = (explains, name = "Departments", effect = "grant") => ({ name, effect, explains });

function scope(state, label, conversationRule, activityRule) {
  const set = (data_set, one) => ({ data_set, state: one ? state : "none", rules: one ? [one] : [] });
  return { state, label, policy_version: 3, data_sets: [set("conversations", conversationRule), set("activities", activityRule), set("workload", activityRule)], contact: CONTACT };
}

const department = (name) =>
  scope("some", name, rule(`Conversation attribute 1 is one of your department: ${name}`), rule(`Agent team is one of your team: ${name}`, "Own team"));

export const PEOPLE = {
  "anvils@acme.example": { name: "Dina Novak", attributes: { department: ["Anvils"], team: ["Anvils"] }, roles: ["supervisor", "wfo.dashboard_viewer"], capabilities: VIEWER, scope: department("Anvils"), sees: (row) => row.unit === "Anvils" },
  "tennis@acme.example": { name: "Walter Birch", roles: ["supervisor", "wfo.dashboard_viewer"], capabilities: VIEWER, scope: department("Tennis Balls"), sees: (row) => row.unit === "Tennis Balls" },
  "factor@acme.example": { name: "Filip Two", roles: ["supervisor", "wfo.dashboard_viewer"], capabilities: VIEWER, scope: department("Anvils"), sees: (row) => row.unit === "Anvils" },
  "due@acme.example": { name: "Dora Due", roles: ["supervisor", "wfo.dashboard_viewer"], capabilities: VIEWER, scope: department("Anvils"), sees: (row) => row.unit === "Anvils" },
  "first@acme.example": { name: "Fiona First", roles: ["supervisor", "wfo.dashboard_viewer"], capabilities: VIEWER, scope: department("Anvils"), sees: (row) => row.unit === "Anvils" },
  "new@acme.example": { name: "Nela Fresh", roles: ["supervisor", "wfo.dashboard_viewer"], capabilities: VIEWER, scope: scope("none", "Nothing yet", null, null), sees: () => false },
  "admin@acme.example": {
    name: "Ada Minder",
    roles: ["admin", "wfo.full_access"],
    capabilities: { dashboards: "editor", play_calls: true, export_calls: true, assess: "yes", questionnaires: true, administer: true },
    scope: scope("all", "All units", rule("Your role is full access", "Administrators"), rule("Your role is full access", "Administrators")),
    sees: () => true,
  },
  "qpm@acme.example": { name: "Quido Pm", roles: ["supervisor", "wfo.quality_process_manager"], capabilities: { ...NOBODY, questionnaires: true }, scope: department("Anvils"), sees: () => false },
  "cz@acme.example": {
    name: "Cenek Zeman",
    roles: ["supervisor", "wfo.team_leader"],
    capabilities: { ...VIEWER, dashboards: "explorer", assess: "yes" },
    scope: scope("some", "CZ", rule("Conversation attribute 1 is one of your market: CZ", "Markets"), rule("Agent market is one of your market: CZ", "Markets")),
    sees: (row) => (row.conversation_attribute_1 ?? row.market) === "CZ",
  },
};

export function meOf(login, token, due = false, factorDue = false) {
  const { name, roles, capabilities, scope: own, attributes } = PEOPLE[login];
  return {
    person: { id: `p-${login.split("@")[0]}`, login, name, email: login, roles, attributes: attributes ?? {}, has_password: true, password_change_due: due, second_factor_due: factorDue },
    capabilities,
    workspace: { id: "acme", name: "Acme Corporation", time_zone: "Europe/Prague", demo: true },
    other_workspaces: login.startsWith("cz@") ? [{ id: "other-app-1234", name: "Other Company" }] : [],
    scope: own,
    csrf_token: token,
  };
}
