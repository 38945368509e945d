"""Tables from outside: the bytes of a CSV or XLSX file become rows of text, or faults that say what to put right."""

from matching.tables.reading import read_table
from matching.tables.values import Fault, FaultCode, Row, Table, UnreadableTableError, one_line, quoted

__all__ = ["Fault", "FaultCode", "Row", "Table", "UnreadableTableError", "one_line", "quoted", "read_table"]
