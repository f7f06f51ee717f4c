from pathlib import Path


def list_folder(name):
    return sorted(entry.name for entry in Path(name).iterdir())


def remove(name):
    Path(name).unlink()
