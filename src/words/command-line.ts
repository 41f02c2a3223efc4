/** Formats a command as it would be typed, without the home directory. */
export function formatCommandLine(command: string, options: Record<string, unknown>): string {
  const given = Object.entries(options).flatMap(([name, value]) => {
    if (name === 'build') return [`${value}`];
    const flag = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    return value === true ? [flag] : [flag, Array.isArray(value) ? value.join(',') : `${value}`];
  });
  return [command, ...given].join(' ');
}

/** Quotes an argument for a shell if it needs it, so that a printed command can be copied. */
export function quoteArgument(text: string): string {
  return /^[\w./:@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
