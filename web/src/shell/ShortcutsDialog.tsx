import { Dialog } from "../ui/Dialog";
import styles from "./ShortcutsDialog.module.css";

const GROUPS: [string, [string[], string][]][] = [
  ["Anywhere", [[["Ctrl", "K"], "Find a page or do something"], [["/"], "Search"], [["F"], "Full screen, for a wall"], [["?"], "This list"]]],
  [
    "On a dashboard",
    [
      [["←", "↑", "→", "↓"], "From tile to tile"],
      [["Enter"], "Into a chart or table, or open the number"],
      [["Esc"], "Back out to the tile"],
    ],
  ],
  [
    "In a chart or table",
    [
      [["←", "→"], "From point to point"],
      [["Space"], "Filter by it, with Shift add it"],
      [["Enter"], "Show its conversations"],
    ],
  ],
  [
    "With the mouse",
    [
      [["Click"], "Filter by what you click"],
      [["Shift", "Click"], "Add it to the filter"],
      [["Double click"], "Show its conversations"],
    ],
  ],
];

export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Shortcuts" onClose={onClose}>
      {GROUPS.map(([name, rows]) => (
        <section key={name} className={styles.group}>
          <h3>{name}</h3>
          <dl>
            {rows.map(([keys, what]) => (
              <div key={what}>
                <dt>
                  {keys.map((one) => (
                    <kbd key={one}>{one}</kbd>
                  ))}
                </dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
