// What the palette knows. Plain data, so that it can be searched and tested without a page.

import type { useNavigate } from "@tanstack/react-router";
import type { DashboardEntry, Me } from "../api/types";
import { chooseTheme } from "../state/theme";
import type { IconName } from "../ui/Icon";
import { setFullScreen } from "./fullScreen";

export type Command = { id: string; title: string; group: string; icon: IconName; act: () => void };

type Go = ReturnType<typeof useNavigate>;

type Given = { me: Me; dashboards: readonly DashboardEntry[]; go: Go; signOut: () => void; help: () => void };

export function makeCommands({ me, dashboards, go, signOut, help }: Given): Command[] {
  const commands: Command[] = [];
  for (const one of dashboards) {
    commands.push({ id: `d-${one.id}`, title: one.title, group: "Dashboard", icon: "dashboards", act: () => void go({ to: "/d/$dashboard", params: { dashboard: one.id }, search: {} }) });
    if (one.tabs.length > 1)
      for (const tab of one.tabs)
        commands.push({
          id: `d-${one.id}-${tab.id}`,
          title: `${one.title}: ${tab.title}`,
          group: "Tab",
          icon: "chart",
          act: () => void go({ to: "/d/$dashboard", params: { dashboard: one.id }, search: { tab: tab.id } }),
        });
  }
  if (me.capabilities.dashboards !== "none")
    commands.push({ id: "conversations", title: "Conversations", group: "Page", icon: "conversations", act: () => void go({ to: "/segments", search: {} }) });
  if (me.capabilities.administer)
    commands.push(
      { id: "admin-people", title: "Administration: People", group: "Page", icon: "shield", act: () => void go({ to: "/admin/people", search: {} }) },
      { id: "admin-groups", title: "Administration: Groups", group: "Page", icon: "user", act: () => void go({ to: "/admin/groups" }) },
      { id: "admin-connections", title: "Administration: Identity providers", group: "Page", icon: "key", act: () => void go({ to: "/admin/connections" }) },
      { id: "admin-keys", title: "Administration: API keys", group: "Page", icon: "key", act: () => void go({ to: "/admin/keys" }) },
      { id: "admin-rules", title: "Administration: Separation rules", group: "Page", icon: "shield", act: () => void go({ to: "/admin/rules" }) },
      { id: "admin-audit", title: "Administration: Audit log", group: "Page", icon: "list", act: () => void go({ to: "/admin/audit", search: {} }) },
      { id: "admin-settings", title: "Administration: Settings", group: "Page", icon: "shield", act: () => void go({ to: "/admin/settings" }) },
    );
  commands.push({ id: "account", title: "Your account", group: "Page", icon: "user", act: () => void go({ to: "/account" }) });
  commands.push(
    { id: "full", title: "Full screen", group: "F", icon: "full", act: () => void setFullScreen(true) },
    { id: "light", title: "Light colours", group: "Look", icon: "sun", act: () => chooseTheme("light") },
    { id: "dark", title: "Dark colours", group: "Look", icon: "moon", act: () => chooseTheme("dark") },
    { id: "system", title: "Colours as the system", group: "Look", icon: "sun", act: () => chooseTheme("system") },
    { id: "help", title: "Shortcuts", group: "?", icon: "help", act: help },
    { id: "out", title: "Sign out", group: "", icon: "out", act: signOut },
  );
  return commands;
}

/** Every word typed must start a word of the title. */
export function findCommands(commands: readonly Command[], text: string): Command[] {
  const wanted = fold(text).split(/\s+/).filter(Boolean);
  return commands.filter((command) => {
    const words = fold(`${command.title} ${command.group}`).split(/[\s:]+/);
    return wanted.every((one) => words.some((word) => word.startsWith(one)));
  });
}

function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
