import { Link, useRouterState } from "@tanstack/react-router";
import { useSession } from "../state/session";
import { Icon } from "../ui/Icon";
import styles from "./BottomBar.module.css";
import { UserMenu } from "./UserMenu";
import { navItems } from "./nav";

/** The rail of a phone. */
export function BottomBar({ onSearch }: { onSearch: () => void }) {
  const { me } = useSession();
  const path = useRouterState({ select: (state) => state.location.pathname });
  return (
    <nav className={styles.bar} aria-label="Main, phone">
      {navItems(me).map((item) => (
        <Link key={item.to} to={item.to} className={styles.item} data-here={item.match.test(path) || undefined}>
          <Icon name={item.icon} />
          <span>{item.short ?? item.label}</span>
        </Link>
      ))}
      <button type="button" className={styles.item} onClick={onSearch}>
        <Icon name="search" />
        <span>Search</span>
      </button>
      <div className={styles.user}>
        <UserMenu narrow />
      </div>
    </nav>
  );
}
