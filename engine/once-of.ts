/**
 * What follows from an object alone is worked out when it is first asked for, and known as long as the object is. Rule sets, cycles and
 * what they are made of do not change once they are read: what does must not be asked of here.
 */
export function onceOf<Of extends object, Found>(workOut: (of: Of) => Found): (of: Of) => Found {
  const known = new WeakMap<Of, Found>();
  return (of) => {
    const before = known.get(of);
    if (before !== undefined) return before;
    const found = workOut(of);
    known.set(of, found);
    return found;
  };
}

/** The same of an object and a name or number, of which an object has few. */
export function onceOfEach<Of extends object, Name extends string | number, Found>(
  workOut: (of: Of, name: Name) => Found,
): (of: Of, name: Name) => Found {
  const knownOf = onceOf((_: Of) => new Map<Name, Found>());
  return (of, name) => {
    const known = knownOf(of);
    const before = known.get(name);
    if (before !== undefined) return before;
    const found = workOut(of, name);
    known.set(name, found);
    return found;
  };
}
