"""What a process has one of, such as its settings; the composition root (`core.app`) puts it in."""

from typing import Generic, TypeVar

T = TypeVar("T")


class OfProcess(Generic[T]):
    """One thing of this process: installed once, and returned to everybody who calls for it."""

    def __init__(self, what: str) -> None:
        self._what = what
        self.installed: T | None = None

    def install(self, thing: T) -> None:
        """Make this the one of the process: one process serves one installation."""
        self.installed = thing

    def __call__(self) -> T:
        """Return it. Raises RuntimeError before the composition root has run."""
        if self.installed is None:
            raise RuntimeError(f"No {self._what}: start through core.app or the command line.")
        return self.installed
