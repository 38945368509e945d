"""Values that the database holds sealed: readable with a key that is kept outside it, and only where they were put."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.errors import InvalidSettingError

KEY_BYTES: Final = 32  # AES-256
NONCE_BYTES: Final = 12  # as NIST SP 800-38D recommends
_LINE: Final = re.compile(r"(?P<name>[a-z0-9-]{1,32}):(?P<key>[A-Za-z0-9_-]{43}=?)")
FORM: Final = "<name>:<32 bytes in URL-safe base64>, one key a line, the one in use first"


NO_KEYRING: Final = (
    "There are no keys for what is secret in the database: run `make setup`, which makes a file of them, or name one in "
    "TANDEM_DATA_KEYS_FILE."
)


class UnsealingError(Exception):
    """A sealed value was altered, belongs elsewhere, or was sealed with a key that is not there."""


class Keyring:
    """The keys by name; the first seals, all of them open. One that is missing is looked for once more in their file."""

    __slots__ = ("_derived", "_key_by_name", "_path")

    def __init__(self, key_by_name: Mapping[str, bytes], *, path: Path | None = None) -> None:
        self._key_by_name = key_by_name
        self._path = path
        # By the name of the key and the purpose: an import makes a mark for each of thousands of records.
        self._derived: dict[tuple[str, str], bytes] = {}

    @property
    def names(self) -> Sequence[str]:
        """The names of all keys, that of the one in use first."""
        return tuple(self._key_by_name)

    @property
    def name_in_use(self) -> str:
        """The name of the key that seals."""
        return self.names[0]

    def mark(self, text: str, *, name: str, purpose: str) -> str:
        """Return a mark that only who has the key of that name can make, in hexadecimal: HMAC-SHA256, a key for each purpose.

        Raises
        ------
        UnsealingError
            When the key is not there.
        """
        key = self._derived.get((name, purpose))
        if key is None:
            key = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode()).derive(self._key(name))
            self._derived[name, purpose] = key
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

    def _key(self, name: str) -> bytes:
        if name not in self._key_by_name and self._path is not None:
            # Another process may have put a new key into the file since.
            self._key_by_name = _keys_in(self._path.read_text(encoding="utf-8"))
        key = self._key_by_name.get(name)
        if key is None:
            raise UnsealingError(f"The key '{name}' is not in the file of keys; put it back.")
        return key

    def seal(self, text: str, *, place: str) -> str:
        """Return the text sealed for a place, such as the column and id of a row, and for no other."""
        name, nonce = self.name_in_use, os.urandom(NONCE_BYTES)
        sealed = AESGCM(self._key(name)).encrypt(nonce, text.encode(), _bound(name, place))
        return f"{name}:{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, *, place: str) -> str:
        """Return the text that was sealed for the place.

        Raises
        ------
        UnsealingError
            When it was altered or moved, or its key is not there.
        """
        name, _, content = sealed.partition(":")
        key = self._key(name)
        try:
            raw = base64.urlsafe_b64decode(content)
            return AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], _bound(name, place)).decode()
        except (InvalidTag, ValueError, binascii.Error) as error:
            raise UnsealingError("A sealed value was altered, or is not where it was put.") from error


def padded(text: str, *, to_bytes: int) -> str:
    """Return a text with blanks at its end, to whole blocks: how long it is when sealed tells little of what it says.

    >>> padded("{}", to_bytes=4)
    '{}  '
    """
    return text + " " * (-len(text.encode()) % to_bytes)


def parse_keyring(text: str, *, path: Path | None = None) -> Keyring:
    """Return the keys that a text holds; the file that it comes from, if any, is read again when one is missing.

    Raises
    ------
    InvalidSettingError
        When a line is none, two have one name, or there is none at all.
    """
    return Keyring(_keys_in(text), path=path)


def read_keyring(path: Path) -> Keyring:
    """Return the keys of a file.

    Raises
    ------
    InvalidSettingError
        When it holds anything but keys.
    OSError
        When it cannot be read.
    """
    return parse_keyring(path.read_text(encoding="utf-8"), path=path)


def put_key_first(path: Path, line: str) -> None:
    """Put a new key to the top of a file of keys: all of it, or nothing."""
    content = f"{line}\n{path.read_text(encoding='utf-8')}"
    parse_keyring(content)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(path)


def new_key_line(name: str) -> str:
    """Return a line for the file of keys, with a new key."""
    return f"{name}:{base64.urlsafe_b64encode(os.urandom(KEY_BYTES)).decode()}"


def _keys_in(text: str) -> Mapping[str, bytes]:
    key_by_name: dict[str, bytes] = {}
    for number, line in enumerate(filter(None, map(str.strip, text.splitlines())), start=1):
        found = _LINE.fullmatch(line)
        if found is None or found["name"] in key_by_name:
            raise InvalidSettingError(f"Line {number} of the file of data keys cannot be used; it has to be {FORM}.")
        key_by_name[found["name"]] = base64.urlsafe_b64decode(found["key"].rstrip("=") + "=")
    if not key_by_name:
        raise InvalidSettingError(f"The file of data keys is empty; it has to hold {FORM}.")
    return key_by_name


def _bound(name: str, place: str) -> bytes:
    """Return what a value is bound to, so that it opens nowhere else."""
    return f"{name}\n{place}".encode()
