import { useQuery } from "@tanstack/react-query";
import { Link, useRouterState } from "@tanstack/react-router";
import { useState } from "react";
import { dashboardsQuery } from "../api/queries";
import { useSession } from "../state/session";
import { IconButton } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { Mark } from "../ui/Mark";
import styles from "./Rail.module.css";
import { UserMenu } from "./UserMenu";
import { navItems } from "./nav";

const KEY = "parclose.rail";

function remembered(): boolean {
  try {
    return localStorage.getItem(KEY) === "narrow";
  } catch {
    return false;
  }
}

export function Rail({ onSearch, onHelp }: { onSearch: () => void; onHelp: () => void }) {
  const { me } = useSession();
  const [narrow, setNarrow] = useState(remembered);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const { data: dashboards } = useQuery({ ...dashboardsQuery, enabled: me.capabilities.dashboards !== "none" });
  const turn = () => {
    setNarrow(!narrow);
    try {
      localStorage.setItem(KEY, narrow ? "wide" : "narrow");
    } catch {
      // Kept for this page only.
    }
  };
  return (
    <nav className={styles.rail} data-narrow={narrow || undefined} aria-label="Main">
      <div className={styles.top}>
        <Link to="/" className={styles.logo} aria-label="Parclose, start">
          <Mark size={26} />
          {!narrow && <span>Parclose</span>}
        </Link>
        <IconButton icon={narrow ? "right" : "left"} label={narrow ? "Widen the menu" : "Narrow the menu"} className={styles.fold} onClick={turn} />
      </div>
      <button type="button" className={styles.search} onClick={onSearch} title="Search (Ctrl K)">
        <Icon name="search" size={18} />
        <span className={styles.words}>Search</span>
        <kbd className={styles.words}>Ctrl K</kbd>
      </button>
      <ul className={styles.items}>
        {navItems(me).map((item) => {
          const here = item.match.test(path);
          return (
            <li key={item.to}>
              <Link to={item.to} className={styles.item} data-here={here || undefined} title={narrow ? item.label : undefined}>
                <Icon name={item.icon} />
                <span className={styles.words}>{item.label}</span>
              </Link>
              {item.to === "/" && !narrow && dashboards && dashboards.length > 0 && (
                <ul className={styles.sub}>
                  {dashboards.map((one) => (
                    <li key={one.id}>
                      <Link to="/d/$dashboard" params={{ dashboard: one.id }} className={styles.subItem} aria-current={path === `/d/${one.id}` ? "page" : undefined}>
                        {one.title}
                      </Link>
                    </li>
                  ))}
                </ul>
              )}
            </li>
          );
        })}
      </ul>
      <div className={styles.bottom}>
        {!narrow && (
          <p className={styles.workspace}>
            {me.workspace.name}
            {me.workspace.demo && <span className={styles.demo}>Demo data</span>}
          </p>
        )}
        <UserMenu narrow={narrow} onHelp={onHelp} />
      </div>
    </nav>
  );
}
