"""What a user can mend, told in one line without a trace."""


class ExportError(Exception):
    """A checkpoint, an option or a bundle that can't be used; the message names it and says what is valid."""
