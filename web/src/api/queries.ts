import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { ApiError, call, rememberToken } from "./client";
import type {
  Conversation,
  Dashboard,
  DashboardEntry,
  Me,
  Metadata,
  QueryAnswer,
  QueryRequest,
  SegmentsAnswer,
  SegmentsRequest,
  Separation,
  SignInOptions,
  ValuesAnswer,
  ValuesRequest,
} from "./types";

const MINUTE = 60_000;
/** How often an open page asks again while its browser tab is in front. */
export const POLL_MS = 10_000;

/** Asking again helps only where nobody answered or the server is busy. */
function worthRetrying(failures: number, error: Error): boolean {
  return failures < 1 && error instanceof ApiError && (error.status === 502 || error.status === 503);
}

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: async ({ signal }) => {
    const me = await call<Me>("/me", { signal, door: true });
    rememberToken(me);
    return me;
  },
  staleTime: 5 * MINUTE,
  retry: false,
});

/** What the sign-in page offers besides a password. Without an answer there is still the password. */
export const signInOptionsQuery = queryOptions({
  queryKey: ["sign-in-options"],
  queryFn: ({ signal }) => call<SignInOptions>("/sign-in-options", { signal, door: true }),
  staleTime: MINUTE,
  retry: false,
});

export const metadataQuery = queryOptions({
  queryKey: ["metadata"],
  queryFn: ({ signal }) => call<Metadata>("/metadata", { signal }),
  staleTime: 10 * MINUTE,
  retry: worthRetrying,
});

export const dashboardsQuery = queryOptions({
  queryKey: ["dashboards"],
  queryFn: async ({ signal }) => (await call<{ dashboards: DashboardEntry[] }>("/dashboards", { signal })).dashboards,
  staleTime: 5 * MINUTE,
  retry: worthRetrying,
});

export const dashboardQuery = (id: string) =>
  queryOptions({
    queryKey: ["dashboard", id],
    queryFn: ({ signal }) => call<Dashboard>(`/dashboards/${encodeURIComponent(id)}`, { signal }),
    staleTime: 5 * MINUTE,
    retry: worthRetrying,
  });

/** All reports of one tab. The previous answer stays on screen until the next one is here. */
export const tabQuery = (place: string, request: QueryRequest) =>
  queryOptions({
    queryKey: ["query", place, request],
    queryFn: ({ signal }) => call<QueryAnswer>("/query", { method: "POST", body: request, signal }),
    placeholderData: (previous, previousQuery) => (previousQuery?.queryKey[1] === place ? previous : undefined),
    refetchInterval: POLL_MS,
    refetchIntervalInBackground: false,
    retry: worthRetrying,
  });

export const valuesQuery = (request: ValuesRequest) =>
  queryOptions({
    queryKey: ["values", request],
    queryFn: ({ signal }) => call<ValuesAnswer>("/values", { method: "POST", body: request, signal }),
    placeholderData: keepPreviousData,
    staleTime: MINUTE,
    retry: worthRetrying,
  });

export const segmentsQuery = (request: Omit<SegmentsRequest, "cursor">) =>
  infiniteQueryOptions({
    queryKey: ["segments", request],
    queryFn: ({ pageParam, signal }) =>
      call<SegmentsAnswer>("/segments", { method: "POST", body: { ...request, cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    staleTime: POLL_MS,
    retry: worthRetrying,
  });

export const newestQuery = (request: SegmentsRequest) =>
  queryOptions({
    queryKey: ["newest", request],
    queryFn: ({ signal }) => call<SegmentsAnswer>("/segments", { method: "POST", body: request, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: POLL_MS,
    retry: worthRetrying,
  });

export const conversationQuery = (id: string) =>
  queryOptions({
    queryKey: ["conversation", id],
    queryFn: ({ signal }) => call<Conversation>(`/conversations/${encodeURIComponent(id)}`, { signal }),
    staleTime: MINUTE,
    retry: worthRetrying,
  });

export const separationQuery = queryOptions({
  queryKey: ["separation"],
  queryFn: ({ signal }) => call<Separation>("/separation", { signal }),
  retry: worthRetrying,
});

export const auditQuery = queryOptions({
  queryKey: ["audit"],
  queryFn: ({ signal }) => call<unknown>("/audit", { signal }),
  refetchInterval: POLL_MS,
  retry: worthRetrying,
});
