import "@fontsource-variable/instrument-sans/wght.css";
import "./styles/tokens.css";
import "./styles/base.css";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { makeRouter } from "./router";

// "always": a machine may be offline and still reach its own server, so calls are made and their failure is what counts.
const client = new QueryClient({
  defaultOptions: { queries: { networkMode: "always", refetchOnWindowFocus: true, refetchOnReconnect: true, staleTime: 5_000, retry: false } },
});
const router = makeRouter(client);

const root = document.getElementById("root");
if (root)
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
