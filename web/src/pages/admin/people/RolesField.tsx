import { ChecksField } from "../../../ui/Field";
import { ROLES } from "../words";

const OPTIONS = ROLES.map(([value, title]) => ({ value, title, note: value }));

/** The roles that are known here, and those that came from elsewhere and give nothing. */
export function RolesField({ roles, onRoles, error }: { roles: readonly string[]; onRoles: (roles: string[]) => void; error?: string | null }) {
  const known = new Set(ROLES.map(([role]) => role));
  const foreign = roles.filter((role) => !known.has(role));
  return (
    <ChecksField
      legend="Roles"
      options={[...OPTIONS, ...foreign.map((role) => ({ value: role, title: role, note: "Not known here: gives nothing" }))]}
      values={roles}
      onValues={onRoles}
      columns
      error={error}
      hint="To come in, a person needs Supervisor or Administrator, and at least one of the wfo roles."
    />
  );
}
