"""What a command says where it cannot do its work: one line, no traceback."""

import click


class CommandFailed(click.ClickException):
    """The command was right, and could not be carried out: exit code 1."""

    exit_code = 1

    def format_message(self) -> str:
        return " ".join(self.message.split())


class WrongUse(CommandFailed):
    """The command, or a setting, is wrong: exit code 2."""

    exit_code = 2
