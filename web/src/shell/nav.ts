// What is in the rail: only what exists and what this person may use.

import type { Me } from "../api/types";
import type { IconName } from "../ui/Icon";

export type NavItem = { to: "/" | "/segments" | "/admin"; label: string; short?: string; icon: IconName; match: RegExp };

export function navItems(me: Me): NavItem[] {
  const items: NavItem[] = [];
  if (me.capabilities.dashboards !== "none") {
    items.push({ to: "/", label: "Dashboards", icon: "dashboards", match: /^\/(d\/|$)/ });
    items.push({ to: "/segments", label: "Conversations", icon: "conversations", match: /^\/(segments|conversations)/ });
  }
  if (me.capabilities.administer) items.push({ to: "/admin", label: "Administration", short: "Admin", icon: "shield", match: /^\/admin/ });
  return items;
}
