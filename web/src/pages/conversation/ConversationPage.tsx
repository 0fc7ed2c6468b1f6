import { useQuery } from "@tanstack/react-query";
import { useParams, useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { ApiError } from "../../api/client";
import { conversationQuery } from "../../api/queries";
import type { Conversation } from "../../api/types";
import { formatDuration } from "../../format/number";
import { formatInstant, zoneName } from "../../format/time";
import { PageHeader } from "../../shell/PageHeader";
import { useSession } from "../../state/session";
import { IconButton } from "../../ui/Button";
import { Skeleton } from "../../ui/Skeleton";
import { ErrorState, State } from "../../ui/State";
import { NoRight } from "../NoRight";
import { ConversationTimeline } from "./ConversationTimeline";
import styles from "./ConversationPage.module.css";
import { SegmentDetail } from "./SegmentDetail";
import { SegmentList } from "./SegmentList";

export function ConversationPage() {
  const { id } = useParams({ from: "/inside/conversations/$id" });
  const router = useRouter();
  const { me } = useSession();
  const allowed = me.capabilities.dashboards !== "none";
  const { data, error, refetch } = useQuery({ ...conversationQuery(id), enabled: allowed });
  if (!allowed) return <NoRight />;
  const back = <IconButton icon="left" label="Back" className={styles.back} onClick={() => router.history.back()} />;
  if (data) return <Found key={id} conversation={data} back={back} />;
  if (error instanceof ApiError && error.status === 404)
    return (
      <>
        <PageHeader title="Conversation" lead={back} />
        <State title="This conversation is not here">
          <p>It does not exist, or none of it is in the rows you may see. If you need it, {me.scope.contact}.</p>
        </State>
      </>
    );
  return (
    <>
      <PageHeader title="Conversation" lead={back} />
      {error ? (
        <ErrorState error={error} onAgain={() => void refetch()} />
      ) : (
        <div className={styles.page} aria-busy="true">
          <Skeleton height={44} width="50%" />
          <Skeleton height={240} />
          <Skeleton height={220} />
        </div>
      )}
    </>
  );
}

function Found({ conversation, back }: { conversation: Conversation; back: React.ReactNode }) {
  const { locale, zone } = useSession();
  const longest = [...conversation.segments].sort((one, other) => (other.facts["talk_time"] ?? -1) - (one.facts["talk_time"] ?? -1))[0];
  const [chosen, setChosen] = useState(longest?.segment_id ?? null);
  const segment = conversation.segments.find((one) => one.segment_id === chosen) ?? conversation.segments[0];
  const ended = conversation.ended_at ? Date.parse(conversation.ended_at) : null;
  const seconds = ended === null ? null : (ended - Date.parse(conversation.started_at)) / 1000;
  const customer = conversation.customer?.name ?? conversation.customer?.id ?? null;
  const channels = [...new Set(conversation.segments.flatMap((one) => one.channel ?? []))].join(", ");
  return (
    <>
      <PageHeader title={customer ? `Conversation with ${customer}` : "Conversation"} lead={back} />
      <div className={styles.page}>
        <dl className={styles.facts}>
          <Fact name="Started" title={`Time of ${zoneName(zone, locale, new Date(conversation.started_at))}`}>
            {formatInstant(conversation.started_at, locale, zone, "full")}
          </Fact>
          <Fact name="Length">{seconds !== null ? formatDuration(seconds, locale) : conversation.truncated ? "Not known" : "Not finished"}</Fact>
          {channels && <Fact name="Channel">{channels}</Fact>}
          <Fact name="Segments">{conversation.truncated ? `The first ${conversation.segments.length}` : conversation.segments.length}</Fact>
          {conversation.customer?.attributes.filter((one) => one.value !== null).slice(0, 3).map((one) => <Fact key={one.name} name={one.title}>{String(one.value)}</Fact>)}
        </dl>
        {conversation.truncated && <p role="status">This conversation has more segments than can be shown at once. These are the first ones; the list of segments in the dashboards reaches the others.</p>}
        <ConversationTimeline conversation={conversation} chosen={segment?.segment_id ?? null} onChoose={setChosen} />
        <div className={styles.columns}>
          {segment && <SegmentDetail segment={segment} />}
          <SegmentList segments={conversation.segments} chosen={segment?.segment_id ?? null} onChoose={setChosen} />
        </div>
      </div>
    </>
  );
}

function Fact({ name, title, children }: { name: string; title?: string; children: React.ReactNode }) {
  return (
    <div title={title}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
