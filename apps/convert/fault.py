"""What ends a command: one line that says what was expected, what came, and what to do."""


class Fault(Exception):
    """An input that cannot be converted; ends the command with exit code 1."""


def require(condition, message):
    if not condition:
        raise Fault(message)


def listed(names, most=5):
    """The names in their order, the first few of many: "a, b and 7 more"."""
    names = [str(name) for name in names]
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")
