import {Argument, Command, type Option} from 'commander';
import {print} from './terminal.ts';

const shells = {bash: writeBash, zsh: writeZsh, fish: writeFish};

/** Creates the command that prints what a shell needs to complete the others. They are listed only when it is called. */
export function createCompletionsCommand(listCommands: () => Promise<Command[]>): Command {
  return new Command('completions')
    .addArgument(new Argument('<shell>', 'which shell').choices(Object.keys(shells)))
    .addHelpText(
      'after',
      `
Once, for every new terminal (rollcall must be a command of the shell):

  bash  echo 'source <(rollcall completions bash)' >> ~/.bashrc
  zsh   echo 'source <(rollcall completions zsh)' >> ~/.zshrc, after compinit
  fish  rollcall completions fish > ~/.config/fish/completions/rollcall.fish`,
    )
    .action(async (shell: keyof typeof shells) => print(shells[shell](await listCommands())));
}

function listFlags({short, long}: Option): string[] {
  return [short, long].filter((flag) => flag !== undefined);
}

function listNames(command: Command): readonly string[] {
  return command.registeredArguments.flatMap(({argChoices = []}) => argChoices);
}

function takesValue({required, optional}: Option): boolean {
  return required || optional;
}

/** Where nothing else fits, readline offers the names of files. */
function writeBash(commands: readonly Command[]): string {
  const complete = (words: readonly string[]) => `COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$word"))`;
  const cases = commands.flatMap((command) => [
    ...command.options.flatMap((option) => {
      if (!takesValue(option)) return [];
      const flags = listFlags(option).map((flag) => `'${command.name()} ${flag}'`);
      return [`    ${flags.join('|')}) ${option.argChoices ? complete(option.argChoices) : ':'} ;;`];
    }),
    `    '${command.name()} '*) ${complete([...listNames(command), ...command.options.flatMap(listFlags), '--help'])} ;;`,
  ]);
  return `_rollcall() {
  local word=\${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    ${complete(commands.map((command) => command.name()))}
    return
  fi
  case "\${COMP_WORDS[1]} \${COMP_WORDS[COMP_CWORD-1]}" in
${cases.join('\n')}
  esac
}
complete -o default -F _rollcall rollcall
`;
}

function writeZsh(commands: readonly Command[]): string {
  const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const escapeText = (text: string) => text.replaceAll(/[[\]:\\]/g, '\\$&');
  const value = (choices: readonly string[] | undefined) => (choices ? `(${choices.join(' ')})` : '_files');
  const describe = (command: Command) => quote(`${command.name()}:${escapeText(command.description())}`);
  const cases = commands.map((command) => {
    const options = command.options.flatMap((option) =>
      listFlags(option).map((flag) =>
        quote(
          `*${flag}[${escapeText(option.description)}]${takesValue(option) ? `:${option.name()}:${value(option.argChoices)}` : ''}`,
        ),
      ),
    );
    const names = listNames(command);
    const words = quote(`*:${command.name()}:${value(names.length > 0 ? names : undefined)}`);
    return `    ${command.name()}) _arguments ${[...options, words].join(' ')} ;;`;
  });
  return `#compdef rollcall
_rollcall() {
  local -a commands=(${commands.map(describe).join(' ')})
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
${cases.join('\n')}
  esac
}
compdef _rollcall rollcall
`;
}

function writeFish(commands: readonly Command[]): string {
  const quote = (text: string) => `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
  const lines = commands.flatMap((command) => {
    const here = `complete -c rollcall -n '__fish_seen_subcommand_from ${command.name()}'`;
    const names = listNames(command);
    return [
      `complete -c rollcall -n __fish_use_subcommand -f -a ${command.name()} -d ${quote(command.description())}`,
      ...(names.length > 0 ? [`${here} -f -a ${quote(names.join(' '))}`] : []),
      ...command.options.map((option) => {
        const flags = listFlags(option).map((flag) =>
          flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
        );
        const value = option.argChoices
          ? ` -x -a ${quote(option.argChoices.join(' '))}`
          : takesValue(option)
            ? ' -r -F'
            : '';
        return `${here} ${flags.join(' ')}${value} -d ${quote(option.description)}`;
      }),
    ];
  });
  return `${lines.join('\n')}\n`;
}
