import { useSuspenseQuery } from "@tanstack/react-query";
import { Outlet, useRouterState } from "@tanstack/react-router";
import { Suspense, useEffect, useMemo, useRef, useState } from "react";
import { meQuery } from "../api/queries";
import type { Me } from "../api/types";
import { FirstPassword } from "../pages/account/FirstPassword";
import { SecondFactorDue } from "../pages/account/SecondFactorDue";
import { SessionContext, makeSession } from "../state/session";
import { BottomBar } from "./BottomBar";
import { CommandPalette } from "./CommandPalette";
import { ConnectionBar } from "./ConnectionBar";
import { Rail } from "./Rail";
import styles from "./Shell.module.css";
import { ShortcutsDialog } from "./ShortcutsDialog";
import { setFullScreen, useFullScreen } from "./fullScreen";
import { useStillHere } from "./useStillHere";
import { useShortcuts } from "./useShortcuts";

/** The frame of the signed-in part. */
export function Shell() {
  const { data: me } = useSuspenseQuery(meQuery);
  useStillHere();
  if (me.person.password_change_due) return <FirstPassword me={me} />;
  return me.person.second_factor_due ? <SecondFactorDue me={me} /> : <Frame me={me} />;
}

function Frame({ me }: { me: Me }) {
  const session = useMemo(() => makeSession(me), [me]);
  const [palette, setPalette] = useState(false);
  const [shortcuts, setShortcuts] = useState(false);
  const full = useFullScreen();
  const main = useRef<HTMLElement>(null);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const before = useRef(path);

  useShortcuts({
    palette: () => setPalette(true),
    help: () => setShortcuts(true),
    full: () => void setFullScreen(!full),
  });

  // A new page is announced by moving the focus to it, but not on the first load.
  useEffect(() => {
    if (before.current !== path) main.current?.focus({ preventScroll: true });
    before.current = path;
  }, [path]);

  return (
    <SessionContext value={session}>
      <div className={styles.shell} data-full={full || undefined}>
        <a className={styles.skip} href="#main">
          Skip to the page
        </a>
        {!full && <Rail onSearch={() => setPalette(true)} onHelp={() => setShortcuts(true)} />}
        <div className={styles.column}>
          <ConnectionBar />
          <main id="main" ref={main} tabIndex={-1} className={styles.main}>
            <Suspense fallback={null}>
              <Outlet />
            </Suspense>
          </main>
        </div>
        {!full && <BottomBar onSearch={() => setPalette(true)} />}
        {palette && <CommandPalette onClose={() => setPalette(false)} onHelp={() => setShortcuts(true)} />}
        {shortcuts && <ShortcutsDialog onClose={() => setShortcuts(false)} />}
      </div>
    </SessionContext>
  );
}
