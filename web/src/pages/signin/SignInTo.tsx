import { useQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { signInOptionsQuery } from "../../api/admin";
import { ApiError } from "../../api/client";
import { NotFoundPage } from "../NotFoundPage";
import { SignInForm } from "./SignInPage";

/** `/your-app-1234`: the door of that workspace. An address that is none is not found, like any other. */
export function SignInTo() {
  const { workspace } = useParams({ from: "/$workspace" });
  const { next, refused } = useSearch({ from: "/$workspace" });
  const { error, isPending } = useQuery(signInOptionsQuery(workspace));
  if (isPending) return null;
  if (error instanceof ApiError && error.status === 404) return <NotFoundPage />;
  return <SignInForm workspace={workspace} next={next} refused={refused} />;
}
