import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { ApiError, whenSignedOut } from "./api/client";
import { dashboardsQuery, meQuery } from "./api/queries";
import { NotFoundPage } from "./pages/NotFoundPage";
import { CrashPage } from "./pages/CrashPage";
import { Shell } from "./shell/Shell";
import { auditSearch, dashboardSearch, ownPath, parseSearch, peopleSearch, segmentsSearch, signInSearch, stringifySearch } from "./state/search";

type Context = { client: QueryClient };

const root = createRootRouteWithContext<Context>()({ notFoundComponent: NotFoundPage });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: signInSearch,
  component: lazyRouteComponent(() => import("./pages/signin/SignInPage"), "SignInPage"),
});

/** The sign-in page of one workspace of several, at an address that people can keep. */
const signInTo = createRoute({
  getParentRoute: () => root,
  path: "/$workspace",
  validateSearch: signInSearch,
  component: lazyRouteComponent(() => import("./pages/signin/SignInTo"), "SignInTo"),
});

// The secret of these two stands behind the `#`: it is sent to no server and stands in no log.
const reset = createRoute({
  getParentRoute: () => root,
  path: "/reset",
  component: lazyRouteComponent(() => import("./pages/reset/ResetPage"), "ResetPage"),
});

const setUp = createRoute({
  getParentRoute: () => root,
  path: "/setup",
  component: lazyRouteComponent(() => import("./pages/setup/SetUpPage"), "SetUpPage"),
});

const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  beforeLoad: async ({ context, location }) => {
    try {
      return { me: await context.client.ensureQueryData(meQuery) };
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) throw redirect({ to: "/sign-in", search: { next: nextOf(location.href) } });
      throw error;
    }
  },
  component: Shell,
});

const home = createRoute({
  getParentRoute: () => inside,
  path: "/",
  beforeLoad: async ({ context }) => {
    // Who has to choose a password or set up a second factor first would only be refused.
    if (context.me.capabilities.dashboards === "none" || context.me.person.password_change_due || context.me.person.second_factor_due) return;
    const first = (await context.client.ensureQueryData(dashboardsQuery))[0];
    if (first) throw redirect({ to: "/d/$dashboard", params: { dashboard: first.id }, replace: true });
  },
  component: lazyRouteComponent(() => import("./pages/HomePage"), "HomePage"),
});

const dashboard = createRoute({
  getParentRoute: () => inside,
  path: "/d/$dashboard",
  validateSearch: dashboardSearch,
  component: lazyRouteComponent(() => import("./pages/dashboard/DashboardPage"), "DashboardPage"),
});

const segments = createRoute({
  getParentRoute: () => inside,
  path: "/segments",
  validateSearch: segmentsSearch,
  component: lazyRouteComponent(() => import("./pages/segments/SegmentsPage"), "SegmentsPage"),
});

const conversation = createRoute({
  getParentRoute: () => inside,
  path: "/conversations/$id",
  component: lazyRouteComponent(() => import("./pages/conversation/ConversationPage"), "ConversationPage"),
});

const account = createRoute({
  getParentRoute: () => inside,
  path: "/account",
  component: lazyRouteComponent(() => import("./pages/account/AccountPage"), "AccountPage"),
});

const admin = createRoute({
  getParentRoute: () => inside,
  path: "/admin",
  component: lazyRouteComponent(() => import("./pages/admin/AdminPage"), "AdminPage"),
});

const adminStart = createRoute({
  getParentRoute: () => admin,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/admin/people", replace: true });
  },
});

const adminPeople = createRoute({
  getParentRoute: () => admin,
  path: "/people",
  validateSearch: peopleSearch,
  component: lazyRouteComponent(() => import("./pages/admin/people/PeoplePage"), "PeoplePage"),
});

const adminPerson = createRoute({
  getParentRoute: () => admin,
  path: "/people/$id",
  component: lazyRouteComponent(() => import("./pages/admin/people/PersonPage"), "PersonPage"),
});

const adminKeys = createRoute({
  getParentRoute: () => admin,
  path: "/keys",
  component: lazyRouteComponent(() => import("./pages/admin/keys/KeysPage"), "KeysPage"),
});

const adminConnections = createRoute({
  getParentRoute: () => admin,
  path: "/connections",
  component: lazyRouteComponent(() => import("./pages/admin/connections/ConnectionsPage"), "ConnectionsPage"),
});

const adminNewConnection = createRoute({
  getParentRoute: () => admin,
  path: "/connections/new",
  component: lazyRouteComponent(() => import("./pages/admin/connections/NewConnectionPage"), "NewConnectionPage"),
});

const adminConnection = createRoute({
  getParentRoute: () => admin,
  path: "/connections/$id",
  component: lazyRouteComponent(() => import("./pages/admin/connections/ConnectionPage"), "ConnectionPage"),
});

const adminGroups = createRoute({
  getParentRoute: () => admin,
  path: "/groups",
  component: lazyRouteComponent(() => import("./pages/admin/groups/GroupsPage"), "GroupsPage"),
});

const adminRules = createRoute({
  getParentRoute: () => admin,
  path: "/rules",
  component: lazyRouteComponent(() => import("./pages/admin/RulesPage"), "RulesPage"),
});

const adminAudit = createRoute({
  getParentRoute: () => admin,
  path: "/audit",
  validateSearch: auditSearch,
  component: lazyRouteComponent(() => import("./pages/admin/audit/AuditPage"), "AuditPage"),
});

const adminSettings = createRoute({
  getParentRoute: () => admin,
  path: "/settings",
  component: lazyRouteComponent(() => import("./pages/admin/settings/SettingsPage"), "SettingsPage"),
});

const administration = admin.addChildren([adminStart, adminPeople, adminPerson, adminGroups, adminConnections, adminNewConnection, adminConnection, adminKeys, adminRules, adminAudit, adminSettings]);

const tree = root.addChildren([signIn, signInTo, reset, setUp, inside.addChildren([home, dashboard, segments, conversation, account, administration])]);

function nextOf(href: string): string | undefined {
  const path = ownPath(href);
  return path === "/" ? undefined : path;
}

export function makeRouter(client: QueryClient) {
  const router = createRouter({
    routeTree: tree,
    context: { client },
    parseSearch,
    stringifySearch,
    defaultPreload: "intent",
    defaultPreloadStaleTime: 0,
    defaultErrorComponent: CrashPage,
    scrollRestoration: true,
  });
  whenSignedOut(() => {
    if (router.state.location.pathname === "/sign-in") return;
    const next = nextOf(router.state.location.href);
    client.clear();
    void router.navigate({ to: "/sign-in", search: { next }, replace: true, ignoreBlocker: true });
  });
  return router;
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
