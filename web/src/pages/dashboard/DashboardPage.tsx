import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { dashboardQuery } from "../../api/queries";
import { ApiError } from "../../api/client";
import { PageHeader } from "../../shell/PageHeader";
import { useSession } from "../../state/session";
import { Skeleton } from "../../ui/Skeleton";
import { ErrorState, State } from "../../ui/State";
import { NoRight } from "../NoRight";
import { NothingInScope } from "../NothingInScope";
import { DashboardView } from "./DashboardView";
import styles from "./DashboardView.module.css";

export function DashboardPage() {
  const { dashboard: id } = useParams({ from: "/inside/d/$dashboard" });
  const search = useSearch({ from: "/inside/d/$dashboard" });
  const navigate = useNavigate({ from: "/d/$dashboard" });
  const { me } = useSession();
  const allowed = me.capabilities.dashboards !== "none";
  const { data, error, refetch } = useQuery({ ...dashboardQuery(id), enabled: allowed });

  if (!allowed) return <NoRight />;
  if (data) {
    const tab = data.tabs.find((one) => one.id === search.tab) ?? data.tabs[0];
    if (me.scope.state === "none")
      return (
        <>
          <PageHeader title={data.title} />
          <NothingInScope />
        </>
      );
    if (tab)
      return (
        <DashboardView
          key={`${id}/${tab.id}`}
          dashboard={data}
          tab={tab}
          search={search}
          onSearch={(patch) => void navigate({ search: (now) => ({ ...now, ...patch }), resetScroll: false })}
        />
      );
    return (
      <>
        <PageHeader title={data.title} />
        <State title="This dashboard has no tabs yet" />
      </>
    );
  }
  if (error instanceof ApiError && error.status === 404)
    return (
      <>
        <PageHeader title="Dashboard" />
        <State title="This dashboard is not here">
          <p>It does not exist, or it is not shared with you. If you need it, {me.scope.contact}.</p>
        </State>
      </>
    );
  if (error)
    return (
      <>
        <PageHeader title="Dashboard" />
        <ErrorState error={error} onAgain={() => void refetch()} />
      </>
    );
  return (
    <div className={styles.first} aria-busy="true">
      <Skeleton width={220} height={28} />
      <Skeleton height={32} width="60%" />
    </div>
  );
}
