"""The program `modelshare` as it is installed; the commands are in `app/cli/main.py`."""


def main() -> None:
    """Run a command; it ends as `app.cli.main.main` does."""
    # A new process of `multiprocessing` first imports the program of its parent: with the commands
    # at the top of this file, each server process would load them all and hold them for good.
    from app.cli.main import main as run_command  # noqa: PLC0415

    run_command()
