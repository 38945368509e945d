"""Reads the first visible sheet of an XLSX workbook, after checks that make a hostile one harmless.

A workbook is a ZIP archive of XML files. Only the few that hold the sheet are unpacked, within a budget; each is parsed
once, without any outside entity; and a new archive of just these goes to the library that reads the cells.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from datetime import datetime, time
from decimal import Decimal
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook

from matching.tables.records import Records
from matching.tables.sheets import BrokenSheetError, check_part, first_sheet, sheet_marks
from matching.tables.values import unreadable

_ZIP_START: Final = b"PK"
_OLE_START: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # old .xls, and .xlsx behind a password
_ZIP_ENTRY: Final = b"PK\x01\x02"
_MAX_MEMBERS: Final = 10_000
_MAX_UNPACKED_BYTES: Final = 256 * 1024 * 1024
_MAX_RATIO: Final = 300  # real sheets pack to between a fifth and a fiftieth
_SMALL_BYTES: Final = 4 * 1024 * 1024
_CHUNK_BYTES: Final = 1024 * 1024
_WORKBOOK: Final = "xl/workbook.xml"
_RELATIONS: Final = "xl/_rels/workbook.xml.rels"
_HELPERS: Final = ("[Content_Types].xml", "_rels/.rels", "xl/sharedStrings.xml", "xl/styles.xml")
_BROKEN_ARCHIVE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)


def is_workbook(content: bytes) -> bool:
    """Return whether the bytes begin like a ZIP archive, as an XLSX workbook does."""
    return content[:2] == _ZIP_START and content[2:4] in (b"\x03\x04", b"\x05\x06", b"\x07\x08")


def is_old_workbook(content: bytes) -> bool:
    """Return whether the bytes begin like an old .xls file or a password-protected workbook."""
    return content.startswith(_OLE_START)


def workbook_records(content: bytes, *, name: str) -> Records:
    """Return the rows of the first visible sheet as text, with marks on cells that are not plain values.

    Parameters
    ----------
    content
        The bytes of an XLSX file.
    name
        The name of the file, for its faults.

    Raises
    ------
    UnreadableTableError
        When the archive is broken, encrypted, not a workbook, or would unpack to more than is sensible.

    References
    ----------
    ECMA-376, Office Open XML File Formats, part 1.
    """
    try:
        parts = _unpacked_parts(content)
        for path in (_WORKBOOK, _RELATIONS, *_HELPERS):
            check_part(parts.get(path, b"<absent/>"))
        sheet = first_sheet(parts[_WORKBOOK], parts[_RELATIONS])
        marks = sheet_marks(parts[sheet.path])
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(_packed(parts)))
        values = workbook.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
    except BrokenSheetError as error:
        raise unreadable(name, str(error)) from error
    except (*_BROKEN_ARCHIVE, CalamineError) as error:
        sentence = "The workbook is damaged or of another kind; open it, save it anew as .xlsx or CSV and try again."
        raise unreadable(name, sentence) from error
    records = [(line, [_as_text(value) for value in row]) for line, row in enumerate(values, start=1)]
    return Records(records=records, marks=marks)


def _unpacked_parts(content: bytes) -> dict[str, bytes]:
    """Return the files of the archive that the first sheet needs, by their path."""
    if content.count(_ZIP_ENTRY) > _MAX_MEMBERS:
        raise BrokenSheetError("The workbook holds too many files; save the sheet alone as a new workbook.")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        _check_sizes(archive.infolist())
        # Some programs write other capitals or backslashes; the library looks for the usual spelling.
        name_by_path = {name.replace("\\", "/").lower(): name for name in archive.namelist()}
        if not {_WORKBOOK.lower(), _RELATIONS.lower()} <= name_by_path.keys():
            raise BrokenSheetError("The file is an archive and not an .xlsx workbook; save it as .xlsx or CSV.")
        parts: dict[str, bytes] = {}
        for path in (_WORKBOOK, _RELATIONS, *_HELPERS):
            if path.lower() in name_by_path:
                parts[path] = _unpacked(archive, name_by_path[path.lower()], parts)
        sheet = first_sheet(parts[_WORKBOOK], parts[_RELATIONS])
        parts[sheet.path] = _unpacked(archive, name_by_path[sheet.path.lower()], parts)
    return parts


def _check_sizes(members: list[zipfile.ZipInfo]) -> None:
    if any(member.flag_bits & 1 for member in members):
        raise BrokenSheetError("The workbook is password-protected; remove the password and save it again.")
    if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
        raise BrokenSheetError("The workbook is packed in an unusual way; open it and save it anew as .xlsx.")
    is_bomb = sum(member.file_size for member in members) > _MAX_UNPACKED_BYTES or any(
        member.file_size > max(_SMALL_BYTES, _MAX_RATIO * member.compress_size) for member in members
    )
    if is_bomb:
        raise _too_large()


def _unpacked(archive: zipfile.ZipFile, path: str, parts: dict[str, bytes]) -> bytes:
    """Return one file of the archive; what really comes out is counted, whatever the archive declares."""
    left = _MAX_UNPACKED_BYTES - sum(len(part) for part in parts.values())
    chunks: list[bytes] = []
    with archive.open(path) as member:
        while chunk := member.read(_CHUNK_BYTES):
            left -= len(chunk)
            if left < 0:
                raise _too_large()
            chunks.append(chunk)
    return b"".join(chunks)


def _too_large() -> BrokenSheetError:
    limit = _MAX_UNPACKED_BYTES // (1024 * 1024)
    return BrokenSheetError(f"The workbook would unpack to far more than its size or than {limit} MB; divide it.")


def _packed(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for path, part in parts.items():
            archive.writestr(zipfile.ZipInfo(path), part)
    return target.getvalue()


def _as_text(value: object) -> str:
    """Return a cell as a person would type it: whole numbers without a point, days in ISO 8601."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")
    if isinstance(value, datetime):
        return value.isoformat(sep=" ") if value.time() != time.min else value.date().isoformat()
    return str(value)
