"""What can go wrong in a shell, and the ways out of a command other than its end."""

from dataclasses import dataclass


@dataclass
class SyntaxFault(Exception):
    """A script that is none: what was found on `line`, and what was `due` instead."""

    line: int
    found: str = ""
    named: bool = False  # `found` is a name for it, not its letters
    due: str = ""
    unterminated: str = ""
    sentence: str = ""

    def phrase(self, shell: str) -> str:
        """The sentence of dash, ash or bash."""
        if self.sentence:
            return self.sentence if shell == "dash" else self.sentence.lower()
        found = self.found if self.named else f'"{self.found}"'
        if shell == "dash":
            if self.unterminated == "quoted string":
                return "Syntax error: Unterminated quoted string"
            if self.unterminated:
                kind = "EOF in backquote substitution" if self.unterminated == "backquote" else "Missing '}'"
                return f"Syntax error: {kind}"
            due = f' (expecting "{self.due}")' if self.due else ""
            return f"Syntax error: {found} unexpected{due}"
        if self.unterminated:
            return f"syntax error: unterminated {self.unterminated}"
        if shell == "bash":
            if self.found == "end of file":
                return "syntax error: unexpected end of file"
            return f"syntax error near unexpected token `{self.found}'"
        due = f' (expecting "{self.due}")' if self.due else ""
        return f"syntax error: unexpected {found}{due}"


@dataclass
class Failed(Exception):
    """A command that ends the script: `sentence` for stderr, and the exit code."""

    sentence: str
    code: int = 2
    by: str = ""  # the builtin that failed


@dataclass
class Leave(Exception):
    """`exit`."""

    code: int


@dataclass
class Return(Exception):
    """`return`: out of a function or a sourced file."""

    code: int


@dataclass
class Jump(Exception):
    """`break` or `continue`, out of so many loops."""

    loops: int
    again: bool


class Running(Exception):
    """The program would go on for ever, or longer than anybody waits: a server, a long sleep."""


class Exhausted(Exception):
    """A script took more steps than a lesson lasts."""
