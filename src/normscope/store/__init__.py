"""Keeping records: one folder per study, one SQLite file in it, Parquet parts where labels outgrow it."""

from normscope.store.calls import CallTable, StoredCall
from normscope.store.database import FILE_NAME
from normscope.store.exchange import FORMATS, export_records, import_records
from normscope.store.store import Store

__all__ = ["FILE_NAME", "FORMATS", "CallTable", "Store", "StoredCall", "export_records", "import_records"]
