import { Link } from "@tanstack/react-router";
import type { Tab } from "../../api/types";
import type { DashboardSearch } from "../../state/search";
import styles from "./Tabs.module.css";

type Props = { dashboard: string; tabs: readonly Tab[]; current: string; search: DashboardSearch };

/** Tabs are pages with addresses, so they are links: range and filters go along. */
export function Tabs({ dashboard, tabs, current, search }: Props) {
  return (
    <nav className={styles.tabs} aria-label="Tabs of the dashboard">
      {tabs.map((tab) => (
        <Link key={tab.id} to="/d/$dashboard" params={{ dashboard }} search={{ ...search, tab: tab.id }} className={styles.tab} aria-current={tab.id === current ? "page" : undefined}>
          {tab.title}
        </Link>
      ))}
    </nav>
  );
}
