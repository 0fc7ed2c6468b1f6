import type { QueryClient } from "@tanstack/react-query";
import { type Person, keysQuery, peopleQuery, personQuery, rightsQuery, sessionsQuery } from "../../../api/admin";
import { originQuery } from "../../../api/identity";
import { meQuery } from "../../../api/queries";

/** After a change of a person: everything that speaks of them is asked for again. */
export async function renew(client: QueryClient, person: Person): Promise<void> {
  client.setQueryData(personQuery(person.id).queryKey, person);
  await Promise.all([
    client.invalidateQueries(peopleQuery),
    client.invalidateQueries(rightsQuery(person.id)),
    client.invalidateQueries(originQuery(person.id)),
    client.invalidateQueries(sessionsQuery(person.id)),
    client.invalidateQueries(keysQuery),
    client.invalidateQueries(meQuery),
  ]);
}
