import { useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { type ThemeChoice, chooseTheme, useThemeChoice } from "../state/theme";
import { call } from "../api/client";
import { useSession } from "../state/session";
import { type MenuItem, MenuList } from "../ui/Menu";
import { Popover } from "../ui/Popover";
import styles from "./UserMenu.module.css";
import { useSignOut } from "./useSignOut";

const THEMES: [ThemeChoice, string][] = [
  ["system", "Colours as the system"],
  ["light", "Light"],
  ["dark", "Dark"],
];

export function UserMenu({ narrow, onHelp }: { narrow: boolean; onHelp?: () => void }) {
  const { me } = useSession();
  const anchor = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const theme = useThemeChoice();
  const signOut = useSignOut();
  const navigate = useNavigate();
  const items: MenuItem[] = [
    ...THEMES.map(([choice, label]): MenuItem => ({ label, checked: theme === choice, act: () => chooseTheme(choice) })),
    ...(onHelp ? [{ label: "Shortcuts", icon: "help" as const, hint: "?", act: onHelp }] : []),
    { label: "Your account", icon: "user", act: () => void navigate({ to: "/account" }) },
    ...me.other_workspaces.map((other): MenuItem => ({ label: `Go to ${other.name}`, icon: "out", act: () => switchTo(other.id) })),
    { label: "Sign out", icon: "out", act: signOut },
  ];
  return (
    <>
      <button ref={anchor} type="button" className={styles.user} aria-haspopup="menu" aria-expanded={open} aria-label={`Account of ${me.person.name}`} onClick={() => setOpen(!open)}>
        <span className={styles.face} aria-hidden="true">
          {initials(me.person.name)}
        </span>
        {!narrow && <span className={styles.name}>{me.person.name}</span>}
      </button>
      {open && (
        <Popover anchor={anchor} label="Account" onClose={() => setOpen(false)} width={232}>
          <MenuList
            items={items}
            onDone={() => setOpen(false)}
            head={
              <p className={styles.head}>
                <b>{me.person.name}</b>
                <span>{me.person.login}</span>
                <span>{me.workspace.name}</span>
              </p>
            }
          />
        </Popover>
      )}
    </>
  );
}


/** Into another workspace of the same browser, with a page that knows nothing of this one. */
function switchTo(workspace: string) {
  const done = () => window.location.assign("/");
  void call("/account/workspace", { method: "POST", body: { workspace } }).then(done, done);
}

function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  return ((words[0]?.[0] ?? "?") + (words.length > 1 ? (words[words.length - 1]?.[0] ?? "") : "")).toUpperCase();
}
