/** Whether PostgreSQL has refused a change because of the constraint of this name. */
export function isConstraintViolation(error: unknown, constraint: string): boolean {
  return error instanceof Error && 'constraint' in error && error.constraint === constraint;
}
