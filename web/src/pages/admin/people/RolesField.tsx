import { ChecksField } from "../../../ui/Field";
import { ROLES } from "../words";

const OPTIONS = ROLES.map(([value, title]) => ({ value, title, note: value }));

type Props = { roles: readonly string[]; onRoles: (roles: string[]) => void; error?: string | null; locked?: ReadonlyMap<string, string> };

/** The roles that are known here, and those that came from elsewhere and give nothing. `locked`: roles that are changed elsewhere, and where. */
export function RolesField({ roles, onRoles, error, locked }: Props) {
  const known = new Set(ROLES.map(([role]) => role));
  const foreign = roles.filter((role) => !known.has(role));
  return (
    <ChecksField
      legend="Roles"
      options={[...OPTIONS, ...foreign.map((role) => ({ value: role, title: role, note: "Not known here: gives nothing" }))].map((one) => {
        const from = locked?.get(one.value);
        return from === undefined ? one : { ...one, note: known.has(one.value) ? from : `${one.note}. ${from}`, locked: true };
      })}
      values={roles}
      onValues={onRoles}
      columns
      error={error}
      hint="To come in, a person needs Supervisor or Administrator, and at least one of the wfo roles."
    />
  );
}
