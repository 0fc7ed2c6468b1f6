import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { PageHeader } from "../../shell/PageHeader";
import { useSession } from "../../state/session";
import { State } from "../../ui/State";
import tabs from "../dashboard/Tabs.module.css";

const PAGES = [
  ["/admin/people", "People"],
  ["/admin/groups", "Groups"],
  ["/admin/connections", "Identity providers"],
  ["/admin/keys", "API keys"],
  ["/admin/rules", "Separation rules"],
  ["/admin/audit", "Audit log"],
  ["/admin/settings", "Settings"],
] as const;

/** The frame of the administration pages. For everyone else there is no such page. */
export function AdminPage() {
  const { me } = useSession();
  const tabBar = useRef<HTMLElement>(null);
  const path = useRouterState({ select: (state) => state.location.pathname });
  // On a phone the tabs are wider than the screen: the one that is open is brought into sight.
  useEffect(() => tabBar.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" }), [path]);
  if (!me.capabilities.administer)
    return (
      <>
        <PageHeader title="Administration" />
        <State title="This page is not here">
          <p>It does not exist, or it is not yours to see.</p>
        </State>
      </>
    );
  return (
    <>
      <PageHeader
        title="Administration"
        below={
          <nav ref={tabBar} className={tabs.tabs} aria-label="Administration">
            {PAGES.map(([to, title]) => (
              <Link key={to} to={to} className={tabs.tab} activeProps={{ "aria-current": "page" }} activeOptions={{ includeSearch: false }}>
                {title}
              </Link>
            ))}
          </nav>
        }
      />
      <Outlet />
    </>
  );
}
