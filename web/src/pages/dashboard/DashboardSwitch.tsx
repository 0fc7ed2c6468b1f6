import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { dashboardsQuery } from "../../api/queries";
import { PHONE, useMedia } from "../../state/useMedia";
import { IconButton } from "../../ui/Button";
import { MenuList } from "../../ui/Menu";
import { Popover } from "../../ui/Popover";

/** On a phone the rail's list of dashboards is here. */
export function DashboardSwitch({ current }: { current: string }) {
  const phone = useMedia(PHONE);
  const navigate = useNavigate();
  const anchor = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const { data } = useQuery(dashboardsQuery);
  if (!phone || !data || data.length < 2) return null;
  return (
    <>
      <IconButton ref={anchor} icon="down" label="Other dashboards" aria-expanded={open} aria-haspopup="menu" onClick={() => setOpen(!open)} />
      {open && (
        <Popover anchor={anchor} label="Dashboards" onClose={() => setOpen(false)}>
          <MenuList
            items={data.map((one) => ({ label: one.title, checked: one.id === current, act: () => void navigate({ to: "/d/$dashboard", params: { dashboard: one.id }, search: {} }) }))}
            onDone={() => setOpen(false)}
          />
        </Popover>
      )}
    </>
  );
}
